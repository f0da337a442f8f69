import { dirname } from "node:path";
import { messageOf, UserError } from "../errors.ts";
import { harmless } from "../harmless.ts";

/** `doing`: "read", "write", "remove" … as in "cannot read PATH: …". A UserError passes through. */
export function fileFailure(thrown: unknown, doing: string, path: string): UserError {
  if (thrown instanceof UserError) return thrown;
  const why = plain(codeOf(thrown), path) ?? harmless(codeOf(thrown) ?? messageOf(thrown));
  const next = nextFor(codeOf(thrown), path);
  return new UserError({ what: `cannot ${doing} ${harmless(path)}: ${why}`, ...(next === undefined ? {} : { next }) });
}

export function codeOf(thrown: unknown): string | undefined {
  const code = (thrown as NodeJS.ErrnoException | null)?.code;
  return typeof code === "string" ? code : undefined;
}

/** For `catch`: what is not there is undefined, anything else is still thrown. */
export function ifMissing(thrown: unknown): undefined {
  if (codeOf(thrown) !== "ENOENT") throw thrown;
}

/** What a file is that is refused. */
export type Unfit = "not a file" | "foreign" | "second name" | "world-writable";

/** A reason of ours not to open a file, told like those of the system. */
export function fault(code: Unfit): Error {
  return Object.assign(new Error(code), { code });
}

/** Some disks have no hard links. */
export function hasNoLinks(thrown: unknown): boolean {
  return ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].includes(codeOf(thrown) ?? "");
}

function nextFor(code: string | undefined, path: string): string | undefined {
  switch (code) {
    case "world-writable" satisfies Unfit:
      return `see who wrote there, then: chmod o-w ${harmless(path)}`;
    case "foreign" satisfies Unfit:
      return "run it as the owner, or name a folder of your own in llmops.yaml (timeline: PATH)";
    case "second name" satisfies Unfit:
      return `make it a file of its own: cp -p ${harmless(path)} ${harmless(path)}.own && mv ${harmless(path)}.own ${harmless(path)}`;
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return "see who may, or run it in a folder of your own";
    case "ENOSPC":
    case "EDQUOT":
      return "make room, and run it again";
    default:
      return undefined;
  }
}

function plain(code: string | undefined, path: string): string | undefined {
  switch (code) {
    case "ENOENT":
      return `there is no folder ${harmless(dirname(path))}`;
    case "ENOSPC":
      return "no space is left on the disk";
    case "EDQUOT":
      return "the disk quota is used up";
    case "EFBIG":
      return "the file would be too large";
    case "EACCES":
    case "EPERM":
      return "permission denied";
    case "EROFS":
      return "the disk is mounted read-only";
    case "EISDIR":
      return "it is a folder";
    case "ENOTDIR":
      return "a part of the path is a file, not a folder";
    case "ELOOP":
      return "it is a symbolic link";
    case "ENAMETOOLONG":
      return "the name is too long";
    case "EMFILE":
    case "ENFILE":
      return "too many files are open";
    case "EIO":
      return "the disk reports an error";
    case "ENXIO":
    case "not a file" satisfies Unfit:
      return "it is a pipe or a device, not a file";
    case "foreign" satisfies Unfit:
      return "it belongs to somebody else";
    case "second name" satisfies Unfit:
      return "it has a second name somewhere (a hard link)";
    case "world-writable" satisfies Unfit:
      return "everybody may write there, so nothing in it can be believed";
    default:
      return undefined;
  }
}

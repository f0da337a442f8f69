import { dirname } from "node:path";
import { messageOf, UserError } from "../errors.ts";
import { harmless } from "../harmless.ts";

/** `doing`: "read", "write", "remove" … as in "cannot read PATH: …". A UserError passes through. */
export function fileFailure(thrown: unknown, doing: string, path: string): UserError {
  if (thrown instanceof UserError) return thrown;
  const why = plain(codeOf(thrown), path) ?? harmless(codeOf(thrown) ?? messageOf(thrown));
  return new UserError({ what: `cannot ${doing} ${harmless(path)}: ${why}` });
}

export function codeOf(thrown: unknown): string | undefined {
  const code = (thrown as NodeJS.ErrnoException | null)?.code;
  return typeof code === "string" ? code : undefined;
}

/** For `catch`: what is not there is undefined, anything else is still thrown. */
export function ifMissing(thrown: unknown): undefined {
  if (codeOf(thrown) !== "ENOENT") throw thrown;
}

/** Some disks have no hard links. */
export function hasNoLinks(thrown: unknown): boolean {
  return ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].includes(codeOf(thrown) ?? "");
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
    default:
      return undefined;
  }
}

import { execFileSync, spawnSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file system in memory that is small enough to be filled. */
export interface SmallDisk {
  folder: string;
  /** leaves room for so many bytes, in whole pages of 4096; 0: to the last byte */
  fill(leave?: number): void;
  /** gives the room back */
  empty(): void;
  remount(option: "ro" | "rw"): void;
  close(): void;
}

/** Mounting needs root. */
export const canMount = process.getuid?.() === 0 && spawnSync("mount", ["-V"]).error === undefined;

export function openSmallDisk(options = "size=64k"): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), "llmops-disk-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", `${options},mode=0700`, "tmpfs", folder]);
  const ballast = join(folder, "ballast");
  return {
    folder,
    fill(leave = 0) {
      const page = Buffer.alloc(4096);
      const fd = openSync(ballast, "a");
      try {
        for (;;) {
          const { bavail, bsize } = statfsSync(folder);
          if (bavail * bsize <= leave) return;
          writeSync(fd, page);
        }
      } finally {
        closeSync(fd);
      }
    },
    empty: () => rmSync(ballast, { force: true }),
    remount: (option) => void execFileSync("mount", ["-o", `remount,${option}`, folder]),
    close() {
      execFileSync("umount", ["-l", folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Files until no inode is left. */
export function useUpInodes(folder: string): void {
  const many = join(folder, "many");
  mkdirSync(many);
  for (let n = 0; ; n++) {
    try {
      closeSync(openSync(join(many, String(n)), "wx"));
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === "ENOSPC") return;
      throw thrown;
    }
  }
}

/** Paths are absolute. A failure is a UserError that names the path and what was tried. */
export interface Files {
  /** UTF-8 text (invalid UTF-8 is an error); undefined when there is no such file */
  read(path: string, maxBytes?: number): Promise<string | undefined>;
  /** bytes; undefined when there is no such file */
  readBytes(path: string): Promise<Uint8Array | undefined>;
  /** names in a folder, sorted; empty when there is no such folder */
  list(folder: string): Promise<string[]>;
  exists(path: string): Promise<boolean>;
  /** folders are made with mode 0700 */
  makeFolder(path: string): Promise<void>;
  /** appends and fsyncs; the file is made with mode 0600; a symlink is refused */
  append(path: string, text: string): Promise<void>;
  /** temp file in the same folder, fsync, rename, fsync of the folder; keeps the mode of an existing file, else 0600 */
  replace(path: string, text: string): Promise<void>;
  /** as `replace`, but fails when the file exists: returns false and writes nothing */
  create(path: string, text: string): Promise<boolean>;
  remove(path: string): Promise<void>;
  /**
   * Runs `work` while holding the lock file `path` (made O_EXCL, holds pid and host, gone afterwards). A lock whose
   * process is dead is taken over. Waits at most `waitMs`, then a UserError with `exit.conflict` that names the holder.
   */
  locked<T>(path: string, waitMs: number, work: () => Promise<T>): Promise<T>;
  /** expands `*` and `**` inside one root folder; absolute paths, sorted */
  glob(root: string, pattern: string): Promise<string[]>;
}

/** What `--format` takes; the formats themselves are loaded when one is used. */
export const formatNames = ["text", "json", "jsonl", "github", "sarif", "junit", "checkstyle"] as const;

export type FormatName = (typeof formatNames)[number];

import { harmlessJson } from "../../harmless.ts";
import { flat } from "./flat.ts";
import { open, type Format } from "./format.ts";

export const jsonl: Format = {
  kind: "jsonl",
  summary: "programs: one finding a line",
  render: (linted) =>
    open(linted)
      .map((finding) => harmlessJson(flat(finding)))
      .join("\n"),
};

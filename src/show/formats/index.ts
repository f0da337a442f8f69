import { checkstyle } from "./checkstyle.ts";
import type { Format } from "./format.ts";
import { github } from "./github.ts";
import { json } from "./json.ts";
import { jsonl } from "./jsonl.ts";
import { junit } from "./junit.ts";
import type { FormatName } from "./names.ts";
import { sarif } from "./sarif.ts";
import { text } from "./text.ts";

export const formats: Readonly<Record<FormatName, Format>> = { text, json, jsonl, github, sarif, junit, checkstyle };

import { checkValue } from "../../src/schema/schema.ts";
import { file } from "../../src/targets/file.ts";
import type { Json } from "../../src/timeline/value.ts";
import { fakeWorld } from "../fake/world.ts";
import { openRemote, openTarget } from "../targets/gitRemote.ts";
import type { Column } from "./place.ts";
import { blocked, single, start } from "./start.ts";

/** Lists and objects on one line, as a change writes them: laid out otherwise the same value comes back on one line. */
const lines = single.map((setting) => `    ${setting}: ${spelled(start[setting]!)} # ask before changing ${setting}\n`);
const list = blocked.map((user) => `  - ${user}\n`);
const yaml = `# who is on call changes this
big: 12345678901234567890
routes:
  support.reply:
${lines.join("")}  search: { enabled: true }
blocked:
${list.join("")}# the end
`;
const fields = single.map((setting) => `      ${JSON.stringify(setting)}: ${JSON.stringify(start[setting])}`);
const json = `{
  "big": 12345678901234567890,
  "routes": {
    "support.reply": {
${fields.join(",\n")}
    }
  },
  "blocked": ${JSON.stringify(blocked, null, 2).replaceAll("\n", "\n  ")}
}
`;

export const pointers = {
  ...Object.fromEntries(single.map((setting) => [setting, `/routes/{route}/${setting}`])),
  blocked: { at: "/blocked", member: "{user}" },
};

const inFile = (name: string, text: string): Column => ({
  name: `file (${name})`,
  kind: "file",
  async open() {
    const path = `gateway.${name}`;
    const world = fakeWorld({ files: { [path]: text } });
    const { value } = checkValue(file.schema, { path, levers: pointers });
    const bytes = async () => world.files.text(`${world.cwd}/${path}`);
    return { target: file.open(value!, world, world.cwd), bytes, close: () => {} };
  },
});

/** A prompt stands between quotes; other texts, as most people write them, do not. */
function spelled(value: Json): string {
  return typeof value === "string" && !value.includes(" ") ? value : JSON.stringify(value);
}

export const fileColumns: Column[] = [
  inFile("yaml", yaml),
  inFile("json", json),
  {
    name: "git",
    kind: "git",
    async open() {
      const remote = openRemote({ "routes.yaml": yaml, "README.md": "x\n" });
      const target = openTarget(remote, { levers: pointers });
      return { target, bytes: async () => remote.text("routes.yaml"), close: () => remote.close() };
    },
  },
];

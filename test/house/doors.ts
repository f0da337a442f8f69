import { imports, type File } from "./code.ts";

/** Each package is imported by one file, which translates its errors. A folder: by one file in there. */
export const doors: Readonly<Record<string, string>> = {
  yaml: "src/document/document.ts",
  commander: "src/program.ts",
  "@inquirer/core": "src/world/rawPrompt.ts",
  "@inquirer/prompts": "src/world/terminal.ts",
  chalk: "src/world/terminal.ts",
  ora: "src/world/terminal.ts",
  undici: "src/world/http.ts",
  execa: "src/world/exec.ts",
  ioredis: "src/world/redisConnection.ts",
  "prom-client": "src/exposition.ts",
  "@prometheus-io/lezer-promql": "src/queries/",
  "@grafana/lezer-logql": "src/queries/logql.ts",
  "@lezer/common": "src/queries/",
  "@lezer/lr": "src/queries/",
  "@lezer/highlight": "src/queries/",
  handlebars: "src/postmortem/",
  "@duckdb/node-api": "src/sources/calls.ts",
};

/** zod is vocabulary; of node's own modules these are pure. */
const anywhere = new Set(["zod", "node:path", "node:crypto", "node:buffer"]);

/** Imports of packages and of node's modules that go around the door. */
export function wrongDoors(files: readonly File[]): string[] {
  const seen = new Map<string, string>();
  return files.flatMap((file) =>
    imports(file).flatMap(({ from, names, line }) => {
      const where = `${file.path}:${line}`;
      if (from.startsWith(".")) return [];
      const random = names.find((name) => /^(random|getRandom|webcrypto)/.test(name));
      if (from === "node:crypto" && random && !file.path.startsWith("src/world/"))
        return [`${where} takes ${random} from node:crypto: only src/world/ may`];
      if (anywhere.has(from)) return [];
      if (from.startsWith("node:"))
        return file.path.startsWith("src/world/") ? [] : [`${where} imports ${from}: only src/world/ may`];
      const name = /^(@[^/]+\/)?[^/]+/.exec(from)![0];
      const door = doors[name];
      if (door === undefined) return [`${where} imports ${name}, which has no door (test/house/doors.ts)`];
      if (!file.path.startsWith(door)) return [`${where} imports ${name}: its door is ${door}`];
      const first = seen.get(name) ?? file.path;
      seen.set(name, first);
      return first === file.path ? [] : [`${where} imports ${name}, as ${first} already does`];
    }),
  );
}

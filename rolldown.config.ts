import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig, type Plugin } from "rolldown";

/** commander can start subcommands as programs of their own. We have none, and loading this costs 5 % of a help. */
const noSubprograms: Plugin = {
  name: "no-subprograms",
  transform: (code, id) =>
    id.endsWith("/commander/lib/command.js") ? code.replace("require('node:child_process')", "undefined") : null,
};

/** ioredis prints every command, and so the password, to whoever has DEBUG=* in the shell. */
const noDebug: Plugin = {
  name: "no-debug",
  transform: (code, id) =>
    id.endsWith("/ioredis/built/utils/debug.js")
      ? code.replace('require("debug")', "{ default: () => Object.assign(() => {}, { enabled: false }) }")
      : null,
};

/** undici loads node's HTTP/2 and speaks it only when told to, which we never do: 5 ms of every command that asks a server. */
const noHttp2: Plugin = {
  name: "no-http2",
  transform: (code, id) =>
    id.endsWith("/undici/lib/dispatcher/client-h2.js")
      ? code.replace("require('node:http2')", "{ constants: {} }")
      : null,
};

/**
 * Of node's own HTTP undici takes a class, to know streams that we never hand in, and the greatest size of headers, which
 * is 16 KiB unless node was told otherwise: 5 ms of every command that asks a server.
 */
const noHttp: Plugin = {
  name: "no-http",
  transform: (code, id) =>
    /\/undici\/lib\/(core\/util|dispatcher\/client)\.js$/.test(id)
      ? code.replace("require('node:http')", "{ maxHeaderSize: 16384 }")
      : null,
};

/** What is bundled keeps its licence: the texts of all bundled packages in one file beside the bundle. */
const licences: Plugin = {
  name: "licences",
  generateBundle(_options, bundle) {
    const chunks = Object.values(bundle).flatMap((it) => (it.type === "chunk" ? it.moduleIds : []));
    const folders = chunks.flatMap((id) => /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1] ?? []);
    const texts = [...new Set(folders)].toSorted().map((folder) => {
      const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
      const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, string>;
      const text = file === undefined ? "" : readFileSync(join(folder, file), "utf8").trim();
      return `${about["name"]} ${about["version"]} (${about["license"]})\n\n${text}\n`;
    });
    this.emitFile({ type: "asset", fileName: "LICENSES.txt", source: texts.join(`\n${"-".repeat(80)}\n\n`) });
  },
};

/** One bundle, split at every `await import()`: a command loads only its own parts. Minified starts faster. */
export default defineConfig({
  input: { main: "src/main.ts" },
  platform: "node",
  // A native package cannot be bundled, and not every platform has it.
  external: [/^@duckdb\//],
  // Its build for node reads an environment variable at every token: a tenth of the time that parsing takes.
  resolve: { alias: { yaml: join(import.meta.dirname, "node_modules/yaml/browser/dist/index.js") } },
  plugins: [noSubprograms, noDebug, noHttp, noHttp2, licences],
  output: {
    dir: "dist",
    format: "cjs",
    entryFileNames: "[name].cjs",
    chunkFileNames: "[name]-[hash].cjs",
    cleanDir: true,
    minify: true,
    comments: { legal: false },
  },
});

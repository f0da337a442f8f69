import { defineConfig } from "rolldown";

/** One bundle, split at every `await import()`: a command loads only its own parts. */
export default defineConfig({
  input: { main: "src/main.ts" },
  platform: "node",
  // A native package cannot be bundled, and not every platform has it.
  external: [/^@duckdb\//],
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

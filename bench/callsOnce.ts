import { byDuckdb, ours } from "./calls.ts";

/** One reading in a process of its own: `node callsOnce.js ours|duckdb FILE` prints how long it took and the most memory it had. */
const [, , how, file] = process.argv;
const began = performance.now();
await (how === "ours" ? ours : byDuckdb)(file!);
const ms = performance.now() - began;
console.log(JSON.stringify({ ms, megabytes: process.resourceUsage().maxRSS / 1024 }));

import { readFileSync } from "node:fs";
import { request } from "undici";
import { parse } from "yaml";
import { z } from "zod";

// What a careful colleague would have written for one night: checked settings, read, conditional write, read back.
const schema = z.strictObject({
  targets: z.strictObject({
    gateway: z.strictObject({
      http: z.strictObject({ url: z.url(), levers: z.record(z.string(), z.unknown()) }),
    }),
  }),
});
const { url } = schema.parse(parse(readFileSync("llmops.yaml", "utf8"))).targets.gateway.http;
const route = `${url}/routes/${encodeURIComponent(process.argv[2]!)}`;
const settings = { signal: AbortSignal.timeout(10_000) };

const read = await request(route, settings);
if (read.statusCode !== 200) throw new Error(`cannot read: ${read.statusCode}`);
const value = z.looseObject({ enabled: z.boolean() }).parse(await read.body.json());
const written = await request(route, {
  ...settings,
  method: "PUT",
  headers: { "content-type": "application/json", "if-match": String(read.headers["etag"]) },
  body: JSON.stringify({ ...value, enabled: false }),
});
if (written.statusCode !== 200) throw new Error(`cannot write: ${written.statusCode}`);
await written.body.dump();
const again = await request(route, settings);
const live = z.looseObject({ enabled: z.boolean() }).parse(await again.body.json());
if (live.enabled) throw new Error("not applied");
console.log("off");

import { describe } from "vitest";
import { checkValue } from "../../src/schema/schema.ts";
import { http } from "../../src/targets/http.ts";
import { openConfigApi } from "../torture/configApi.ts";
import { conforms } from "./conform.ts";
import { watchedWorld } from "./watchedWorld.ts";

const path = "/routes/support.reply";
const document =
  '{ "max_tokens": 4096, "model": "gpt-4o", "enabled": true,\n  "tenant": 12345678901234567890, "x": 1e400 }';
const levers = {
  max_tokens: { at: "/routes/{route}", pointer: "/max_tokens" },
  model: { at: "/routes/{route}", pointer: "/model" },
  enabled: { at: "/routes/{route}", pointer: "/enabled" },
  timeout_ms: { at: "/routes/{route}", pointer: "/timeout_ms", create: true },
  rpm_limit: { at: "/routes/{route}", pointer: "/rpm_limit" },
};

/** Whole documents with ETags, and without: then nothing closes the gap between read and write. */
describe.each([true, false])("documents, with ETags: %s", (etag) => {
  conforms(
    "http",
    async () => {
      const api = await openConfigApi({ documents: { [path]: document }, etag });
      const { value } = checkValue(http.schema, { url: api.url, levers });
      const { world, writes, before } = watchedWorld(({ method }) => method !== "GET");
      const target = http.open(value as never, world, "/project");
      const live = () => api.documents.get(path)!;
      return {
        target,
        scope: { route: "support.reply" },
        writes,
        before,
        live: async () => (JSON.parse(live()) as { max_tokens: number }).max_tokens,
        beside: async () => live().replace(/"max_tokens": \d+/, ""),
        other: async (cap) => void api.documents.set(path, live().replace(/(?<="max_tokens": )\d+/, String(cap))),
        close: () => api.close(),
      };
    },
    etag ? {} : { compareAndSet: "it offers no version" },
  );
});

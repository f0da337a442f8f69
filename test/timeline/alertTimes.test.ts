import { expect, it } from "vitest";
import { readAlerts } from "../../src/session/alert.ts";

it.each([
  ["2026-11-21T03:04:00.123456789Z", Date.UTC(2026, 10, 21, 3, 4, 0, 123)],
  ["2026-11-21T08:49:00.5+05:45", Date.UTC(2026, 10, 21, 3, 4, 0, 500)],
  ["0001-01-01T00:00:00Z", undefined],
  ["1970-01-01T00:00:00Z", undefined],
  ["yesterday", undefined],
  [1_763_694_240, undefined],
])("E06: an alert that began at %j began then, or does not say when", (startsAt, at) => {
  const { firing } = readAlerts(JSON.stringify({ labels: { alertname: "A" }, startsAt }), "a.json");
  expect(firing[0]?.startsAt).toBe(at);
});

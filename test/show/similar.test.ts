import { expect, it } from "vitest";
import { fact, type Fact, type IncidentClass } from "../../src/timeline/event.ts";
import type { Incident } from "../../src/timeline/incident.ts";
import { candidatesFor, rankSimilar, saySimilar } from "../../src/timeline/similar.ts";
import { applied, clamp, minute, noon, told } from "../timeline/told.ts";
import { burn, page } from "./story.ts";

const day = 24 * 60 * minute;

interface Past {
  id: string;
  daysAgo: number;
  class?: IncidentClass;
  alert?: string;
  unhealthy?: string[];
  more?: Fact[];
}

function incident({ id, daysAgo, class: kind = "cost", alert, unhealthy = [], more = [] }: Past): Incident {
  const measured = unhealthy.map((signal) =>
    fact("measured", { measurement: { ...burn, id: signal, signal } }, `cost-spike/${signal}`),
  );
  const opening = { kind: "incident", title: "x", class: kind, severity: "SEV2", scope: {}, version: "0" } as const;
  const pages = alert === undefined ? [] : [fact("alert", { ...page, name: alert })];
  return told([fact("opened", opening), ...pages, ...measured, ...more], { id, at: noon - daysAgo * day });
}

const over = fact("resolved", { note: "" });
const helped = fact("helped", { change: "m1", verdict: "helped", why: "", measurements: [] });
const now = incident({ id: "INC-1121-nowx", daysAgo: 0, alert: "TokenCostExplosion", unhealthy: ["burn", "length"] });

function seen(...past: Past[]): string | undefined {
  const all = past.map(incident);
  const ids = candidatesFor(now, all).map(({ id }) => id);
  return saySimilar(
    rankSimilar(
      now,
      ids.map((id) => all.find((one) => one.id === id)!),
    ),
  );
}

it("names the likest one, what was tried and what helped", () => {
  const same = { alert: "TokenCostExplosion", unhealthy: ["burn", "length"] };
  expect(
    seen(
      { id: "INC-1119-aaaa", daysAgo: 2, unhealthy: ["cache"], more: [over] },
      { id: "INC-1102-bbbb", daysAgo: 19, ...same, more: [...applied(clamp()), helped, over] },
      { id: "INC-1001-cccc", daysAgo: 51, alert: "TokenCostExplosion", more: [over] },
    ),
  ).toBe(
    "Seen before: INC-1102-bbbb on 2026-11-02, the same alert and evidence; token-clamp on route support.reply helped; " +
      "resolved after 9m 00s. Also INC-1001-cccc.",
  );
});

it("finds one by its class and evidence where there was another alert, and says that nothing was changed", () => {
  expect(seen({ id: "INC-1102-bbbb", daysAgo: 19, alert: "Other", unhealthy: ["burn"], more: [over] })).toBe(
    "Seen before: INC-1102-bbbb on 2026-11-02, the same class and evidence; nothing was changed; resolved after 3m 00s.",
  );
});

it("says nothing of another class, of other evidence, of one that is open, and of one that came later", () => {
  expect(
    seen(
      { id: "INC-1119-aaaa", daysAgo: 2, class: "safety", unhealthy: ["burn", "length"], more: [over] },
      { id: "INC-1118-bbbb", daysAgo: 3, unhealthy: ["cache"], more: [over] },
      { id: "INC-1117-cccc", daysAgo: 4, alert: "TokenCostExplosion" },
      { id: "INC-1125-dddd", daysAgo: -4, alert: "TokenCostExplosion", more: [over] },
    ),
  ).toBeUndefined();
});

import { UserError } from "../errors.ts";
import { harmless, shorten } from "../harmless.ts";
import type { Expected, Probed } from "../timeline/probe.ts";
import { sayScope, type Scope } from "../timeline/scope.ts";
import { resolveSecret } from "../world/secret.ts";
import type { World } from "../world/world.ts";
import { readAnswer } from "./answer.ts";
import { judge } from "./judge.ts";
import type { Probe } from "./probe.ts";
import type { ProbeSettings } from "./schema.ts";
import { fillBody, fillText, fillUrl, named } from "./template.ts";

/** the answer to one token is short; whoever sends more is no gateway */
const longest = 64 * 1024;

export function openProbe(name: string, set: ProbeSettings, world: World, folder: string): Probe {
  const { must, may } = named(set);
  const nameable = new Set([...must, ...may]);
  return {
    name,
    compares: set.refused.statuses.length > 0,
    cannot(expect, lever, scope) {
      const whole = { ...set.scope, ...scope };
      const unnamed = Object.keys(lever).find((d) => !nameable.has(d as keyof Scope));
      if (unnamed !== undefined) return `its request cannot name a ${unnamed}`;
      const open = must.find((dimension) => whole[dimension] === undefined);
      if (open !== undefined) return `its request needs a ${open}: set scope: of the probe`;
      if ("refused" in expect || set.reports[expect.reports] !== undefined) return undefined;
      return `nothing says where an answer reports its ${expect.reports}`;
    },
    async ask(expect, scope, deadlineMs = set.deadline) {
      const whole = { ...set.scope, ...scope };
      const url = fillUrl(set.url, whole);
      const sent = { probe: name, sent: saySent(url ?? set.url, whole, [...must, ...may]) };
      if (url === undefined)
        return { ...sent, ...unknown(`nothing was sent: ${shorten(set.url, 80)} would lead elsewhere`) };
      try {
        return { ...sent, ...(await exchange(expect, url, whole, Math.min(deadlineMs, set.deadline))) };
      } catch (thrown) {
        // a secret that cannot be had
        if (!(thrown instanceof UserError)) throw thrown;
        return { ...sent, ...unknown(`nothing was sent: ${thrown.what}`) };
      }
    },
  };

  async function exchange(expect: Expected, url: string, scope: Scope, deadlineMs: number) {
    const headers: Record<string, string> = { "content-type": "application/json", accept: "application/json" };
    for (const [header, from] of Object.entries(set.headers))
      headers[header.toLowerCase()] =
        typeof from === "string" ? fillText(from, scope) : await resolveSecret(from, world, folder);
    const body = fillBody(set.body, scope);
    const request = { url, headers, body, deadlineMs, maxBytes: longest, signal: world.interrupted };
    const answered = await world.http({ method: "POST", ...request, fresh: true });
    if ("failed" in answered) return unknown(answered.failed);
    if (answered.status >= 300 && answered.status < 400)
      return { status: answered.status, ...unknown(`it redirects (${answered.status}), which is not followed`) };
    const answer = readAnswer(answered, (text) => world.secrets.hide(text));
    return { status: answered.status, ...judge(expect, answer, set) };
  }
}

function saySent(url: string, scope: Scope, names: readonly (keyof Scope)[]): string {
  const { host, pathname } = new URL(url);
  const asked = Object.fromEntries(names.flatMap((d) => (scope[d] === undefined ? [] : [[d, scope[d]]])));
  const as = Object.keys(asked).length === 0 ? "" : `, ${harmless(sayScope(asked))}`;
  return `POST ${harmless(host)}${shorten(pathname, 120)}${as}`;
}

function unknown(why: string): Pick<Probed, "verdict" | "why"> {
  return { verdict: "unknown", why };
}

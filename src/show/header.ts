import { sayBetween } from "../timeline/describe.ts";
import type { Facts } from "../timeline/event.ts";
import type { Incident } from "../timeline/incident.ts";
import { sayMinute, sayMoment, sayTime } from "../timeline/moment.ts";
import { sayScope, type Dimension } from "../timeline/scope.ts";
import { signs, type Cell, type Paint } from "./paint.ts";
import { sayThere } from "./there.ts";
import { apart, field } from "./wrap.ts";

/** What the incident itself does not know. */
export interface HeaderMore {
  /** minutes east of UTC where the reader sits */
  localOffset?: number | "unknown";
  /** dimensions that the runbook asks about and nobody named yet */
  open?: Dimension[];
  /** where the record is kept */
  record?: string;
}

/** Who, what, since when: the first lines of every screen about one incident. */
export function showHeader(incident: Incident, now: number, paint: Paint, more: HeaderMore = {}): string[] {
  const title: Cell[] = [
    { text: incident.id, style: "bold" },
    `  ${incident.title}`,
    ...(incident.severity === null ? [] : [{ text: `  ${incident.severity}`, style: "bold" } satisfies Cell]),
    ...(incident.kind === "incident"
      ? []
      : [{ text: `  ${incident.kind.toUpperCase()}`, style: "yellow" } satisfies Cell]),
    ...(incident.state === "open" ? [] : [`  ${incident.state}`]),
  ];
  return [
    ...apart(title, { text: sayNow(now, more.localOffset), style: "dim" }, paint),
    ...[...new Set(incident.alerts.map(({ name }) => name))].flatMap((name, i) =>
      i === 0 ? field("alert", [sayAlert(incident)], paint) : field("and", [sayName(incident, name)], paint),
    ),
    ...(incident.alerts.length === 0 ? field("opened", [sayOpened(incident, now)], paint) : []),
    ...field("scope", [sayOpenScope(incident, more.open ?? [])], paint),
    ...(more.record === undefined ? [] : apart([`  record  ${more.record}`], sayCtrlC(incident), paint)),
  ];
}

/** "metrics 41 ms · calls ok"; what cannot be reached stands on a line of its own. */
export function showReach(checks: Facts["check"][], paint: Paint): string[] {
  const fine = checks.filter(({ reach }) => reach.ok).map(({ name, reach }) => ({ name, say: firstOf(reach.say) }));
  return [
    ...(fine.length === 0 ? [] : field("reach", [sayThere(fine)], paint)),
    ...checks
      .filter(({ reach }) => !reach.ok)
      .flatMap(({ name, reach }) => field("reach", [`${name}: ${reach.say}`], paint, 8, signs.bad)),
  ];
}

/** Who exactly answered is for the plan and for `llmops doctor`: here evidence waits beneath. */
function firstOf(say: string): string {
  return say.replace(/^([^,]+),.*(, write not tried)$/, "$1$2");
}

/** What leaving means; the sandbox of a drill does not outlive it. */
export function sayCtrlC({ kind }: Pick<Incident, "kind">): string {
  return kind === "drill" ? "Ctrl-C ends the drill" : "Ctrl-C is safe: resume any time";
}

function sayNow(now: number, offset: HeaderMore["localOffset"]): string {
  const utc = `${sayTime(now)} UTC`;
  if (offset === "unknown") return `${utc} (TZ names no known place)`;
  return offset === undefined || offset === 0 ? utc : `${utc}, ${sayMinute(now + offset * 60_000)} here`;
}

/** "TokenCostExplosion (3 alerts)" */
function sayName({ alerts }: Incident, name: string): string {
  const count = alerts.filter((alert) => alert.name === name).length;
  return count === 1 ? name : `${name} (${count} alerts)`;
}

function sayAlert(incident: Incident): string {
  const { alerts, acknowledgedAt, openedAt } = incident;
  const { startsAt } = alerts[0]!;
  const name = sayName(incident, alerts[0]!.name);
  const since = startsAt === undefined ? "" : `, firing since ${sayMoment(startsAt, openedAt).replace(/:00$/, "")}`;
  if (acknowledgedAt === undefined) return `${name}${since}; not acknowledged`;
  return `${name}${since}; acknowledged${startsAt === undefined ? "" : ` after ${sayBetween(startsAt, acknowledgedAt)}`}`;
}

function sayOpened({ openedAt, openedBy }: Incident, now: number): string {
  return `by hand by ${openedBy} at ${sayMoment(openedAt, now)}`;
}

function sayOpenScope(incident: Incident, open: Dimension[]): string {
  const left = open.filter((dimension) => incident.scope[dimension] === undefined);
  const known = sayKnown(incident);
  const why = incident.events.findLast((event) => event.type === "scoped")?.payload as Facts["scoped"] | undefined;
  const from = why === undefined || known === "everything" ? "" : ` (${why.why})`;
  if (left.length === 0) return `${known}${from}`;
  const names = left.length === 1 ? left[0]! : `${left.slice(0, -1).join(", ")} and ${left.at(-1)!}`;
  return `${known}${from}; ${names} ${left.length === 1 ? "is" : "are"} open`;
}

/** Several changes have no scope in common: each names its own. */
function sayKnown({ scope, kind, plans }: Incident): string {
  if (kind !== "change" || Object.keys(scope).length > 0) return sayScope(scope);
  const scopes = new Set(
    [...plans].flatMap(([id, { changes }]) => changes.filter((c) => c.id === id)).map((c) => sayScope(c.scope)),
  );
  const [first = sayScope(scope), ...more] = scopes;
  const left = more.length - 2;
  return [first, ...more.slice(0, 2)].join("; ") + (left > 0 ? `; ${left} more` : "");
}

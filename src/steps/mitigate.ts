import { didYouMean, exit, UserError } from "../errors.ts";
import { mitigations } from "../mitigations/index.ts";
import type { Chosen, Mitigation } from "../mitigations/mitigation.ts";
import { changesOn, lastSettled, nextChangeId } from "../timeline/changes.ts";
import { fact, type Fact } from "../timeline/event.ts";
import { sayScope, type Scope } from "../timeline/scope.ts";
import type { Change } from "../timeline/setting.ts";
import { sayValue } from "../timeline/value.ts";
import { refersOf } from "./condition.ts";
import type { Context } from "./context.ts";
import { readLevers, type Draft } from "./draft.ts";
import { findOffer, sayNotOffered, type Offer } from "./lever.ts";
import { mitigateSchema, type MitigateBody } from "./mitigateSchema.ts";
import { askParameters } from "./parameters.ts";
import { performAll } from "./performAll.ts";
import { planOf, refuseNewer } from "./plan.ts";
import { forceOf, preflight } from "./preflight.ts";
import { askBefore } from "./probe.ts";
import { turnedOff } from "./off.ts";
import { restartOwed } from "./restart.ts";
import { settling, type Step, type StepKind } from "./step.ts";
import { checkNow } from "./verify.ts";

export const mitigate: StepKind<MitigateBody> = {
  kind: "mitigate",
  summary: "changes one setting: planned, confirmed, written on condition, read back, proven, with an end",
  schema: mitigateSchema,
  example: `
id: clamp
title: Clamp output tokens
mitigate: { do: token-clamp, for: 30m, verify: { burn: healthy }, within: 10m }
`,
  outcomes: () => ["helped", "not-enough", "no-effect", "unproven", "not-offered", "declined", "failed"],
  refers: ({ verify }) => (verify === undefined ? [] : refersOf(verify, ["verify"])),
  run,
};

async function* run(step: Step<MitigateBody>, context: Context): ReturnType<StepKind["run"]> {
  const { body } = step;
  const kind = mitigations.find((m) => m.kind === body.do);
  if (kind === undefined) throw unknownMitigation(body.do);
  refuseNewer(context);
  const given = { ...context.defaults(kind.kind), ...body.with };
  const mitigation = await chosen(kind, given, context);
  const target = body.target ?? context.target;
  const offer = await findOffer(mitigation.setting, context, target);
  if (offer === undefined) {
    context.say(sayNotOffered(mitigation, target));
    return "not-offered";
  }
  const params = await askParameters(mitigation, given, context);
  const asked = body.scopes ?? [askedIn(body, context)];
  const drafts = await readLevers({ mitigation, offer, params, asked }, context);
  const wanted = drafts.filter(({ already }) => !already);
  // a step of a runbook that set its own cap has what it wants; who named one just now gets another than that
  const isNamed = context.runbook === "" || Object.keys(params as object).some((name) => !(name in given));
  if (isNamed && drafts.every(({ stricter }) => stricter)) throw neverRaised(drafts[0]!, mitigation);
  if (context.runbook !== "" && mitigation.setting !== "enabled") {
    const dark = await turnedOff(drafts[0]!.scope, context);
    if (dark !== undefined && !(yield* goesOnInTheDark(mitigation, dark, context))) return "declined";
  }
  const fit = await preflight(mitigation.setting, wanted, context);
  const forced = await forceOf(fit, context);
  if (forced === "declined") {
    yield fact("declined", { what: mitigation.kind, why: fit.misfits.join("; ") });
    return "declined";
  }
  const known = fit.says.length === 0 ? {} : { preflight: fit.says };
  const planned = {
    ...(await planOf({ mitigation, offer, params, asked, body, drafts, wanted }, context)),
    ...known,
    ...(forced === undefined ? {} : { forced }),
  };
  let changes: Change[] = [];
  yield (incident) => {
    changes = wanted.map((draft, i) => changeOf(draft, nextChangeId(incident, i), mitigation, offer));
    return fact("planned", { plan: { ...planned, changes } });
  };
  if (wanted.length === 0) {
    const { read, stricter } = drafts[0]!;
    const lower = stricter ? ", which is lower, and a cap is never raised" : "";
    const live = `${mitigation.setting} is ${sayValue(read.value)}${lower}`;
    context.say(`Already so: ${live}. Nothing is written; the checks run.`);
    yield* restartOwed(
      offer,
      drafts.map(({ scope }) => scope),
      context,
    );
    const lever = { target: offer.name, setting: mitigation.setting };
    const incidents = await context.incidents();
    const known = drafts.flatMap(({ scope }) =>
      changesOn({ ...lever, scope }, incidents).map(({ tracked }) => tracked),
    );
    return yield* checkNow(planned, "already so", lastSettled(known, context.world.clock), context);
  }
  const left = drafts.filter(({ already }) => already);
  if (left.length > 0) context.say(`Already so: ${left.map(sayAlready).join("; ")}. Nothing is written there.`);
  if (context.onlyShown) return "declined";
  if (!(await context.consent({ ...planned, changes }))) {
    yield fact("declined", {
      what: `${mitigation.kind} ${changes.map(({ id }) => id).join(", ")}`,
      why: "not confirmed",
    });
    return "declined";
  }
  yield* askBefore(planned, changes, context);
  yield* performAll(changes, offer, context);
  return settling;
}

/** What is moved may hang on a parameter: that is asked for before anybody knows who offers it, and `given` then. */
async function chosen(kind: Mitigation, given: Record<string, unknown>, context: Context): Promise<Chosen> {
  if (typeof kind.setting === "string") return { ...kind, setting: kind.setting };
  const params = await askParameters(kind, given, context);
  Object.assign(given, params);
  return { ...kind, setting: kind.setting(params) };
}

/** Where nothing is served, nothing more is stopped, and no effect can be seen: the next step is proposed. */
async function* goesOnInTheDark(
  { kind }: Mitigation,
  dark: string,
  context: Context,
): AsyncGenerator<Fact, boolean, void> {
  const choice = await context.choose({
    question: `${dark}: no effect of a ${kind} would be seen. Plan it all the same?`,
    choices: [
      { value: "leave", label: "No: go on with the next step" },
      { value: "plan", label: "Yes: it is to be in force when the route is turned on again" },
    ],
    proposed: "leave",
    otherwise: "leave",
  });
  if (choice === "plan") return true;
  yield fact("declined", { what: kind, why: `${dark}; it would change nothing now` });
  return false;
}

function changeOf({ scope, read, after }: Draft, id: string, { kind, setting }: Chosen, { name }: Offer): Change {
  const values = { before: read.value, after, version: read.version };
  const makes = read.makes === undefined ? {} : { makes: read.makes };
  return { id, mitigation: kind, target: name, setting, scope, ...values, ...makes };
}

function sayAlready({ scope, read, stricter }: Draft): string {
  return stricter ? `${sayScope(scope)} (${sayValue(read.value)} is lower)` : sayScope(scope);
}

/** Whoever names a higher cap wants another thing than a mitigation does; what put the lower one there is taken back. */
function neverRaised({ scope, read, beneath }: Draft, { setting }: Chosen): UserError {
  const top = beneath.at(-1);
  const raise =
    top === undefined
      ? `no change of ours put it there: raise it where it is kept`
      : `to raise it, take back what put it there: llmops mitigation undo ${top.change} --incident ${top.incident}`;
  return new UserError({
    what: `${setting} of ${sayScope(scope)}: ${sayValue(read.value)} is live already and lower; a cap is never raised.`,
    next: raise,
  });
}

function askedIn({ on }: MitigateBody, { scope }: Context): Scope {
  if (on === undefined) return scope;
  return Object.fromEntries(on.flatMap((d) => (scope[d] === undefined ? [] : [[d, scope[d]]])));
}

function unknownMitigation(kind: string): UserError {
  const kinds = mitigations.map((m) => m.kind);
  const what = `There is no mitigation ${JSON.stringify(kind)}${didYouMean(kind, kinds)}`;
  return new UserError({ what, next: `one of: ${kinds.join(", ")}`, code: exit.usage });
}

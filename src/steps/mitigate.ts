import { didYouMean, exit, UserError } from "../errors.ts";
import { mitigations } from "../mitigations/index.ts";
import type { Mitigation } from "../mitigations/mitigation.ts";
import { changesOn, lastSettled, nextChangeId } from "../timeline/changes.ts";
import { fact } from "../timeline/event.ts";
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
  const mitigation = mitigations.find((m) => m.kind === body.do);
  if (mitigation === undefined) throw unknownMitigation(body.do);
  refuseNewer(context);
  const target = body.target ?? context.target;
  const offer = await findOffer(mitigation.setting, context, target);
  if (offer === undefined) {
    context.say(sayNotOffered(mitigation, target));
    return "not-offered";
  }
  const params = await askParameters(mitigation, { ...context.defaults(mitigation.kind), ...body.with }, context);
  const asked = body.scopes ?? [askedIn(body, context)];
  const drafts = await readLevers({ mitigation, offer, params, asked }, context);
  const wanted = drafts.filter(({ already }) => !already);
  const planned = await planOf({ mitigation, offer, params, asked, body, drafts, wanted }, context);
  let changes: Change[] = [];
  yield (incident) => {
    changes = wanted.map((draft, i) => changeOf(draft, nextChangeId(incident, i), mitigation, offer));
    return fact("planned", { plan: { ...planned, changes } });
  };
  if (wanted.length === 0) {
    const { value } = drafts[0]!.read;
    const never = "is" in value && typeof value.is === "number" ? ", and a cap is never raised" : "";
    context.say(`Already so: ${mitigation.setting} is ${sayValue(value)}${never}. Nothing is written; the checks run.`);
    const lever = { target: offer.name, setting: mitigation.setting };
    const incidents = await context.incidents();
    const known = drafts.flatMap(({ scope }) =>
      changesOn({ ...lever, scope }, incidents).map(({ tracked }) => tracked),
    );
    return yield* checkNow(planned, "already so", lastSettled(known, context.world.clock), context);
  }
  const left = drafts.filter(({ already }) => already);
  if (left.length > 0)
    context.say(`Already so: ${left.map(({ scope }) => sayScope(scope)).join("; ")}. Nothing is written there.`);
  if (!(await context.consent({ ...planned, changes }))) {
    yield fact("declined", {
      what: `${mitigation.kind} ${changes.map(({ id }) => id).join(", ")}`,
      why: "not confirmed",
    });
    return "declined";
  }
  yield* performAll(changes, offer, context);
  return settling;
}

function changeOf({ scope, read, after }: Draft, id: string, { kind, setting }: Mitigation, { name }: Offer): Change {
  const values = { before: read.value, after, version: read.version };
  const makes = read.makes === undefined ? {} : { makes: read.makes };
  return { id, mitigation: kind, target: name, setting, scope, ...values, ...makes };
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

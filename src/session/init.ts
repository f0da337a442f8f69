import { dirname, join } from "node:path";
import { exit, UserError, type ExitCode } from "../errors.ts";
import { shorten } from "../harmless.ts";
import { recognise, type Recognised } from "../signals/recognise.ts";
import { tell } from "../show/tell.ts";
import { prometheus } from "../sources/prometheus.ts";
import type { World } from "../world/world.ts";
import { hurry } from "./doctorWorld.ts";
import { initText } from "./initText.ts";
import { loadStack } from "./meter.ts";
import { knownStacks, shippedOnly } from "./stacks.ts";

const dayMs = 86_400_000;

/** `llmops init`: writes llmops.yaml here, for a stack that was named or that its metrics were recognised by. */
export async function runInit(
  world: World,
  { stack, prometheus: url }: { stack: string | undefined; prometheus: string | undefined },
): Promise<ExitCode> {
  const file = join(world.cwd, "llmops.yaml");
  if (await world.files.exists(file)) throw thereAlready(file);
  const found = await findOut(stack, url, world);
  const shipped = shippedOnly(world);
  const read = await loadStack(found.stack, shipped, world);
  const about = read.language === "sql" ? "" : await aboutStack(found.stack, world);
  const text = await initText({ stack: read, about, ...(found.url === undefined ? {} : { url: found.url }) });
  if (!(await world.files.create(file, text))) throw thereAlready(file);
  const above = await hiddenBy(dirname(world.cwd), world);
  tell(
    world.terminal,
    `Wrote llmops.yaml: stack ${found.stack}${found.why}.`,
    ...(above === undefined ? [] : [`From here on it is read instead of ${above}.`]),
    "Next: llmops doctor",
  );
  return exit.done;
}

interface Found {
  stack: string;
  url?: string;
  /** ", …": how it is known */
  why: string;
}

async function findOut(stack: string | undefined, url: string | undefined, world: World): Promise<Found> {
  if (stack === "calls" && url !== undefined)
    throw new UserError({
      what: "Call records are read from files, not from a Prometheus.",
      next: "leave out --stack calls or --prometheus",
      code: exit.usage,
    });
  if (url !== undefined) {
    const seen = await look(url, world);
    if (stack === undefined && "error" in seen)
      throw new UserError({
        what: `The stack could not be recognised: ${seen.error}. Nothing was written.`,
        next: "mend --prometheus, or name the stack yourself: llmops init --stack STACK",
        code: exit.failed,
      });
    return decide(stack, url, seen);
  }
  if (stack === "calls") return callRecords;
  if (stack !== undefined) return { stack, why: ", as you said; its source is still to be named" };
  return world.terminal.interactive ? ask(world) : callRecords;
}

const callRecords: Found = { stack: "calls", why: ", which reads calls/*.jsonl" };

/** Asks until a store answers or nobody has one. */
async function ask(world: World): Promise<Found> {
  for (;;) {
    const url = await world.terminal.line("Address of your Prometheus, or of what speaks its API (Enter: none):");
    if (url === "") return callRecords;
    const seen = await look(url, world);
    if ("best" in seen) return decide(undefined, url, seen);
    tell(world.terminal, `! ${seen.error}`);
  }
}

type Seen = { best: Recognised; others: string[]; metrics: number } | { error: string };

function decide(stack: string | undefined, url: string, seen: Seen): Found {
  if ("error" in seen) return { stack: stack!, url, why: `, as you said; but ${seen.error}` };
  const { best, others, metrics } = seen;
  const too = others.length === 0 ? "" : `; ${others.join(" and ")} ${others.length === 1 ? "is" : "are"} there too`;
  const share = `${Math.round(best.score * 100)}% of its signals can be answered by its ${metrics} metrics${too}`;
  if (stack === undefined || stack === best.stack)
    return { stack: best.stack, url, why: `, as the store looks: ${share}` };
  return { stack, url, why: `, as you said; but the store looks like ${best.stack}: ${share}` };
}

/** A neighbour's metrics alone are no sign: less than this part of its signals */
const leastScore = 0.2;

/** The stack that a store of metrics looks like; the error is a sentence without its end. */
async function look(url: string, world: World): Promise<Seen> {
  const settings = prometheus.schema.safeParse({ url });
  if (!settings.success)
    return { error: "that is no http:// or https:// address, or holds a user and password, which go into basic" };
  const hurried = hurry(world).world;
  const source = prometheus.open(settings.data, hurried, world.cwd);
  const at = world.clock.now();
  const [answer, stacks] = await Promise.all([
    world.terminal.during("Looking at its metrics", source.values!("__name__", { from: at - dayMs, to: at })),
    knownStacks(shippedOnly(world), world),
  ]);
  world.interrupted.throwIfAborted();
  if ("error" in answer) return { error: answer.error };
  const [best, ...others] = recognise(answer.data, stacks);
  if (best !== undefined && best.score >= leastScore) {
    const near = others.filter(({ score }) => score >= best.score / 2).map((one) => one.stack);
    return { best, others: near, metrics: answer.data.length };
  }
  const some = answer.data.slice(0, 3).map((name) => shorten(name, 40));
  const such =
    some.length === 0
      ? "no metric of today"
      : `nothing of a stack that is known, but ${some.join(", ")}${answer.data.length > 3 ? " …" : ""}`;
  return { error: `${new URL(url).host} has ${such}` };
}

/** What the stack's own file says of it: its first comment. */
async function aboutStack(stack: string, world: World): Promise<string> {
  const text = (await world.files.read(join(world.home, "runbooks", "signals", `${stack}.yaml`))) ?? "";
  const ours = text.replace(/^# yaml-language-server:.*\n/, "");
  return /^(?:#.*\n)*/.exec(ours)![0].trimEnd();
}

/** The project file that was read here until now. */
async function hiddenBy(folder: string, world: World): Promise<string | undefined> {
  const file = join(folder, "llmops.yaml");
  if (await world.files.exists(file)) return file;
  return dirname(folder) === folder ? undefined : hiddenBy(dirname(folder), world);
}

function thereAlready(file: string): UserError {
  return new UserError({
    what: `${file} is there already, and is never overwritten.`,
    next: "llmops doctor says what it lacks; to begin anew, move it away first",
    code: exit.usage,
  });
}

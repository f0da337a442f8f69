import { join } from "node:path";
import type { ServedAnswer, ServedRequest } from "../world/server.ts";
import type { World } from "../world/world.ts";
import { alertOf } from "./alert.ts";
import type { Served } from "./served.ts";
import { spare } from "./chance.ts";
import { completion, parseWanted } from "./completions.ts";
import { answerConfig } from "./configApi.ts";
import { contentType } from "../exposition.ts";
import { deedLines } from "./deeds.ts";
import { faults, type Fault, type FaultName } from "./fault.ts";
import { openGateway } from "./gateway.ts";
import { openMeters } from "./meters.ts";
import { projectText, type ProjectOptions } from "./project.ts";
import { refusal, reply } from "./reply.ts";
import { askedBy, askedIn } from "./traffic.ts";

export interface SandboxOptions {
  /** absolute; call records go to `calls/` in it, who changed what to `changes.jsonl` */
  folder: string;
  seed: number;
  /** left out: all is well; several begin together, and the first one is what the alert is about */
  fault?: FaultName | readonly FaultName[];
  /** how long ago the fault began; negative: it will begin; default ten minutes */
  startsAgoMs?: number;
  /** what it can be observed by; default "calls" (files). "metrics" writes none and has no history */
  mode?: "calls" | "metrics" | "both";
  /** traffic is brought up to date this often by the world's clock; left out: only by `advance`, scrapes and requests */
  tickMs?: number;
  /** in the busy hour, which is now; default 0.6, which makes some 18,000 records of history */
  callsPerSecond?: number;
}

export interface Sandbox {
  url: string;
  /** absolute path of the records, with a `*` */
  calls: string;
  fault: Fault | undefined;
  /** a whole `llmops.yaml` for this sandbox */
  projectText(options?: ProjectOptions): string;
  /** what Alertmanager would send (webhook version 4) */
  alert: object;
  /** brings the traffic up to the clock */
  advance(): Promise<void>;
  /** somebody takes back what caused the fault, as its owner would */
  mend(): Promise<void>;
  /** fails when traffic could not be written in the background */
  close(): Promise<void>;
}

const hour = 3_600_000;

/** A simulated LLM gateway with traffic and, if wanted, a fault. Same seed, times and settings: same bytes. */
export async function startSandbox(world: World, options: SandboxOptions): Promise<Sandbox> {
  const { seed, folder, mode = "calls", callsPerSecond = 0.6, startsAgoMs = 600_000, tickMs } = options;
  const having: Fault[] = (options.fault === undefined ? [] : [options.fault].flat()).map((name) => faults[name]);
  const [fault] = having;
  const began = Math.floor(world.clock.now() / 1000) * 1000;
  const faultAt = began - startsAgoMs;
  const traffic = { seed, busyAt: began, callsPerSecond };
  const gateway = openGateway(having, faultAt);
  const meters = await openMeters();
  const live = join(folder, "calls", "live.jsonl");
  const deeds = join(folder, "changes.jsonl");
  const told = new Set<Fault>();
  let next = (mode === "metrics" ? began : began - 25 * hour) / 1000;
  let requests = 0;

  /** serves all traffic of whole seconds before `until`; the records as JSON lines */
  function run(until: number, seen: (served: Served) => void): string {
    let lines = "";
    for (; next * 1000 + 1000 <= until; next++) {
      const on = next * 1000 >= faultAt && !gateway.isMended() ? having : [];
      const surge = on.reduce((times, one) => times * (one.surge ?? 1), 1);
      const loop = on.find(
        ({ loop }) => loop !== undefined && gateway.settings.routes[loop.route]!.tools[loop.tool],
      )?.loop;
      for (const asked of askedIn(next, { ...traffic, callsPerSecond: callsPerSecond * surge }, loop)) {
        const served = gateway.serve(asked);
        seen(served);
        lines += lineOf(served);
      }
    }
    gateway.reach(until);
    return lines;
  }
  /** as it is logged, if it is */
  function lineOf({ record }: Served): string {
    const isLogged = mode !== "metrics" && (record.sample_rate === 1 || spare(record.call_id, 50) < record.sample_rate);
    return isLogged ? `${JSON.stringify(record)}\n` : "";
  }
  async function catchUp(): Promise<void> {
    const lines = run(world.clock.now(), meters.count);
    if (lines !== "") await world.files.append(live, lines);
    await tellOnset();
  }
  async function tellOnset(): Promise<void> {
    if (mode === "metrics") return;
    for (const [one, at] of gateway.begun) {
      if (told.has(one)) continue;
      told.add(one);
      await world.files.append(deeds, deedLines([one], at));
    }
  }

  if (mode !== "metrics") {
    await world.files.makeFolder(join(folder, "calls"));
    await world.files.replace(
      join(folder, "calls", "history.jsonl"),
      run(began, () => {}),
    );
    if (await world.files.exists(live)) await world.files.remove(live);
    await world.files.replace(deeds, "");
  }
  gateway.reach(began);
  await tellOnset();

  let turn: Promise<unknown> = Promise.resolve();
  /** one at a time, in the order of arrival: a change of settings must not overtake traffic that came before it */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = turn.then(catchUp).then(work);
    turn = mine.catch(() => {});
    return mine;
  }

  async function complete(request: ServedRequest): Promise<ServedAnswer> {
    const parsed = parseWanted(request);
    if ("wrong" in parsed) return parsed.wrong;
    const at = world.clock.now();
    const served = gateway.serve(askedBy(parsed.wanted, at, seed, requests++));
    meters.count(served);
    const line = lineOf(served);
    if (line !== "") await world.files.append(live, line);
    return completion(served, gateway.settings.routes[parsed.wanted.route]!.max_tokens, at);
  }
  async function answer(request: ServedRequest): Promise<ServedAnswer> {
    const { method, path } = request;
    if (path === "/v1/chat/completions")
      return method === "POST"
        ? complete(request)
        : refusal(405, "method_not_allowed", "allowed: POST", { allow: "POST" });
    if (method === "GET" && path === "/healthz") return reply(200, { status: "ok" });
    if (method === "GET" && path === "/metrics")
      return { status: 200, headers: { "content-type": contentType }, body: await meters.text() };
    return answerConfig(request, gateway.settings) ?? refusal(404, "not_found", "nothing is served at this address");
  }

  const serving = await world.listen({ host: "127.0.0.1", port: 0 }, (request) => inTurn(() => answer(request)));
  const closing = new AbortController();
  const ticking = tickMs === undefined ? Promise.resolve() : tick(tickMs);
  // Kept for close(): nobody waits for it before.
  ticking.catch(() => {});

  async function tick(everyMs: number): Promise<void> {
    for (;;) {
      try {
        await world.clock.sleep(everyMs, closing.signal);
      } catch {
        return;
      }
      await inTurn(async () => {});
    }
  }

  return {
    url: serving.url,
    calls: join(folder, "calls", "*.jsonl"),
    fault,
    alert: alertOf(fault, faultAt, began, serving.url),
    projectText: (given) => projectText(serving.url, fault, given),
    advance: () => inTurn(async () => {}),
    mend: () =>
      inTurn(async () => {
        gateway.mend();
        const back = deedLines([...told], world.clock.now(), true);
        if (back !== "") await world.files.append(deeds, back);
      }),
    async close() {
      closing.abort();
      await serving.close();
      await turn;
      await ticking;
    },
  };
}

import { toYaml } from "../../src/document/document.ts";
import { parse } from "../../src/program.ts";
import { parseProject } from "../../src/project.ts";
import { parseRunbook } from "../../src/runbook/parse.ts";
import { run } from "../../src/run.ts";
import type { FakeAnswer } from "../fake/world.ts";
import { spike } from "../scenario/spike.ts";
import { setStage, type Set, type Stage } from "../scenario/stage.ts";
import { faultIn, faultInExposition, faultInJson } from "./inspect.ts";
import { parseTimeline, verifyChain } from "../timeline/verify.ts";

/** Text that a stranger chose for an entry of the program. */
export type Stranger = (entry: string) => string;

/** Everything that the program can be told from outside, each by its name; a night asks for all of them. */
export interface Night {
  stage: Stage;
  /** what is wrong with what it said: "postmortem holds …" */
  faults: string[];
  /** entries that were reached */
  entries: string[];
}

/** An incident from the page to the postmortem in which strangers chose every text. `n` turns what the APIs do. */
export async function playNight(n: number, stranger: Stranger): Promise<Night> {
  const entries = new global.Set<string>();
  const say = (entry: string) => {
    entries.add(entry);
    return stranger(entry);
  };
  const stage = setStage(await nightOf(n, say));
  Object.assign(stage.world, {
    user: say("user name"),
    host: say("host name"),
    exec: async () => ({ code: n % 2, stdout: say("output of a program"), stderr: say("errors of a program") }),
  });
  const faults: string[] = [];
  const llmops = async (what: string, argv: string[], fault = faultIn) => {
    const { terminal } = stage.world;
    const before = { screen: terminal.screen.length, output: terminal.output.length };
    const asked = parse(argv);
    if ("print" in asked) return void faults.push(...[faultIn(asked.print)].flatMap((why) => why ?? []));
    await run(asked, stage.world);
    const [screen, output] = [terminal.screen.slice(before.screen), terminal.output.slice(before.output)];
    const wrong = [faultIn(screen), output === "" ? undefined : fault(output.replace(/\n$/, ""))];
    if (/This is a bug in llmops|A defect of this program/.test(screen) || output.includes("a bug: "))
      wrong.push(`is a bug of ours: ${JSON.stringify((screen + output).slice(0, 2000))}`);
    faults.push(...wrong.flatMap((why) => (why === undefined ? [] : [`${what} ${why}`])));
  };

  const start = [
    "incident",
    "start",
    runbookId,
    "--alert",
    "alert.json",
    "--answers",
    "answers.yaml",
    "--title",
    say("title"),
  ];
  await llmops("start", n % 3 === 0 ? [...start, "--json"] : start, n % 3 === 0 ? faultInJson : faultIn);
  await llmops("note", ["incident", "note", say("note")]);
  await llmops("severity", ["incident", "severity", "SEV1", "--reason", say("reason for a severity")]);
  const scope = n % 4 === 3 ? `route=${say("scope")}` : "route=support.reply";
  const clamp = ["mitigate", "token-clamp", "--scope", scope, "--with", "max_tokens=256", "--yes", "--wait", "none"];
  await llmops("mitigate", [...clamp, "--reason", say("reason")]);
  await meddle(stage, n, say);
  for (const json of [[], ["--json"]]) {
    const fault = json.length > 0 ? faultInJson : faultIn;
    const name = (what: string) => [what, ...json].join(" ");
    await llmops(name("now"), json, fault);
    await llmops(name("triage"), ["triage", ...json], fault);
    await llmops(name("signal"), ["signal", "cost_per_hour", "--by", "route", ...json], fault);
    await llmops(name("query"), ["query", "metrics", "up", ...json], fault);
    await llmops(name("an unknown source"), ["query", say("source"), say("expression"), ...json], fault);
    await llmops(name("doctor"), ["doctor", ...json], fault);
    await llmops(name("incident list"), ["incident", "list", ...json], fault);
    await llmops(name("incident show"), ["incident", "show", ...json], fault);
    await llmops(name("mitigation list"), ["mitigation", "list", ...json], fault);
    await llmops(name("mitigation show"), ["mitigation", "show", "m1", ...json], fault);
    await llmops(name("postmortem"), ["postmortem", ...json], fault);
    await llmops(name("runbook list"), ["runbook", "list", ...json], fault);
    await llmops(name("an unknown incident"), ["incident", "show", say("incident"), ...json], fault);
    await llmops(
      name("an unknown change"),
      ["mitigation", "undo", say("change"), "--reason", "x", "--yes", ...json],
      fault,
    );
    await llmops(
      name("an unknown mitigation"),
      ["mitigate", say("mitigation"), "--reason", "x", "--yes", ...json],
      fault,
    );
    await llmops(
      name("an unknown scope"),
      ["mitigate", "token-clamp", "--scope", say("--scope"), "--reason", "x", "--yes", ...json],
      fault,
    );
    await llmops(name("unknown parameters"), [...clamp, "--reason", "x", "--with", say("--with"), ...json], fault);
    await llmops(name("an unknown duration"), [...clamp, "--reason", "x", "--for", say("--for"), ...json], fault);
    await llmops(
      name("an unknown runbook"),
      ["incident", "start", say("runbook"), "--answers", "answers.yaml", ...json],
      fault,
    );
    await llmops(
      name("an unknown file"),
      ["incident", "start", "--alert", say("--alert"), "--answers", "answers.yaml", ...json],
      fault,
    );
    await llmops(
      name("an unknown severity"),
      ["incident", "severity", say("severity"), "--reason", "x", ...json],
      fault,
    );
    await llmops(name("an unknown template"), ["postmortem", "--template", say("--template"), ...json], fault);
    await llmops(name("an unknown word"), [say("command"), say("argument"), ...json], fault);
  }
  await llmops("the timeline", ["incident", "show", "--timeline"]);
  await llmops("metrics", ["metrics"], faultInExposition);
  for (const [format, faultsIn] of Object.entries(lintFaults))
    await llmops(`lint as ${format}`, ["runbook", "lint", "runbooks", "--format", format], faultsIn);
  await llmops("runbook list", ["runbook", "list"]);
  await llmops("runbook list --json", ["runbook", "list", "--json"], faultInJson);
  await llmops("runbook show", ["runbook", "show", runbookId]);
  await llmops("-o", ["postmortem", "-o", `out/${say("output").replaceAll(/[/\0]/g, "_")}.md`]);
  await llmops("resolve", ["incident", "resolve"]);
  await llmops("close", ["incident", "close", "--note", say("note at the end")]);
  faults.push(...(await faultsOnDisk(stage)));
  return { stage, faults, entries: [...entries] };
}

const runbookId = "spike";

const lintFaults = {
  text: faultIn,
  json: faultInJson,
  jsonl: (text: string) => text.split("\n").map(faultInJson).find(Boolean),
  sarif: faultInJson,
  junit: faultIn,
  checkstyle: faultIn,
  github: faultInGithub,
};

/** Annotations, then everything in a group in which no line is a command before our own word ends it. */
function faultInGithub(text: string): string | undefined {
  const lines = text.split("\n");
  const group = lines.indexOf("::group::llmops: all findings");
  const token = /^::stop-commands::(llmops-[0-9a-f]{32})$/.exec(lines[group + 1] ?? "")?.[1];
  const isEnded = lines.indexOf(`::${token}::`) === lines.length - 2 && lines.at(-1) === "::endgroup::";
  if (group < 0 || token === undefined || !isEnded) return "has no group that is closed by its own word";
  const ours =
    /^::(error|warning) (file=[^:,]+,line=\d+,col=\d+[^:]*::|title=llmops::\d+ more (error|warning)s: see the log of this step$)/;
  const wrong = lines.slice(0, group).find((line) => !ours.test(line));
  return wrong === undefined ? faultIn(text) : `has a line that is no finding: ${JSON.stringify(wrong)}`;
}

/** Everything outside, as the strangers want it. What they break so that nothing of it can be read is tame instead. */
async function nightOf(n: number, say: Stranger): Promise<Set> {
  const project = JSON.stringify(projectOf(n, say));
  const runbook = toYaml(runbookOf(say));
  const fits = parseRunbook(runbook, "x").runbook !== undefined;
  const file = say("name of a runbook file").replaceAll(/[/\0]/g, "_");
  return {
    ...spike,
    ...(n % 5 === 4 ? { columns: 40 } : n % 5 === 3 ? { unicode: false } : {}),
    project: (await parseProject(project, "x")).config === undefined ? tameProject : project,
    routes: { "support.reply": settingsOf(say), [say("route at the config API")]: { enabled: true } },
    files: {
      ...spike.files,
      ...(fits ? { "runbooks/spike.yaml": runbook } : {}),
      [`runbooks/x${file}.yaml`]: `id: broken\ntitle: ${JSON.stringify(say("title of a broken runbook"))}\n${say("line of a broken runbook")}\n`,
      "runbooks/promql.yaml": toYaml({
        ...runbookOf(() => "x"),
        id: "promql",
        evidence: { burn: { promql: say("PromQL in a runbook") } },
      }),
      "answers.yaml": "cause: inflation\nclamp: apply\nmended: done\nhome: apply\njobs: run\nwhat: done\n",
      "alert.json": JSON.stringify({ alerts: [alertOf(say)] }),
    },
    // one of the texts is "-", which is a file too
    input: "",
    onWrite: (_, apply) => written(n, say, apply),
    prometheus: () => measured(n, say),
  };
}

const tameProject = `
stack: seed
sources: { metrics: { prometheus: { url: "http://prometheus.test:9090" } } }
targets: { gateway: { http: { url: "http://gateway.test:8080", levers: { max_tokens: { at: "/routes/{route}", pointer: /max_tokens } } } } }
runbooks: runbooks
actions: { end-jobs: { command: [./end.sh, "{route}"] } }
`;

function projectOf(n: number, say: Stranger): object {
  const levers = {
    max_tokens: { at: "/routes/{route}", pointer: "/max_tokens" },
    model: { at: "/routes/{route}", pointer: "/model" },
  };
  const gateway = { http: { url: "http://gateway.test:8080", settles: "5s", levers } };
  return {
    stack: "seed",
    sources: {
      [n % 2 === 0 ? say("name of a source") : "metrics"]: { prometheus: { url: "http://prometheus.test:9090" } },
    },
    targets: { [n % 2 === 0 ? say("name of a target") : "gateway"]: gateway },
    runbooks: "runbooks",
    objectives: { cost_per_hour: "< 20" },
    defaults: { for: "30m", "token-clamp": { max_tokens: 512 } },
    actions: { "end-jobs": { command: ["./end.sh", say("argument of an action"), "{route}"] } },
  };
}

function runbookOf(say: Stranger): object {
  return {
    id: runbookId,
    title: say("title of a runbook"),
    class: "cost",
    severity: "SEV2",
    summary: say("summary of a runbook"),
    alerts: [say("alert in a runbook")],
    scope: ["route"],
    owner: say("owner of a runbook"),
    evidence: {
      burn: "cost_per_hour",
      length: "tokens_out_avg",
      routes: { signal: "cost_per_hour", by: "route" },
      own: { promql: "sum(rate(x[5m]))", healthy: "< 3" },
      changed: { changes: "24h" },
      unknown: say("signal in a runbook"),
    },
    steps: [
      {
        id: "cause",
        title: say("title of a step"),
        ask: {
          question: say("question"),
          choices: { inflation: say("choice"), traffic: say("another choice") },
          hint: { inflation: { length: "unhealthy" }, traffic: { burn: "healthy" } },
        },
      },
      {
        id: "what",
        title: say("title of an instruction"),
        instruct: { say: say("instruction"), links: ["https://runbooks.test/x"] },
      },
      {
        id: "clamp",
        title: say("title of a change"),
        mitigate: { do: "token-clamp", for: "30m", verify: { burn: "healthy" }, within: "10m" },
      },
      { id: "jobs", title: say("title of a run"), run: "end-jobs" },
      { id: "other", title: "x", run: say("name of an action") },
      { id: "tell", title: "x", notify: { to: say("audience") } },
    ],
    follow_ups: [say("follow-up")],
  };
}

function alertOf(say: Stranger): object {
  return {
    status: "firing",
    labels: {
      alertname: say("name of an alert"),
      severity: say("severity of an alert"),
      route: "support.reply",
      [say("label of an alert")]: say("value of a label"),
    },
    annotations: { summary: say("annotation"), [say("name of an annotation")]: "x" },
    startsAt: "2026-11-21T03:04:00Z",
    fingerprint: say("fingerprint"),
    generatorURL: say("generator"),
  };
}

function settingsOf(say: Stranger): Record<string, unknown> {
  return {
    enabled: true,
    model: say("value at the config API"),
    max_tokens: 4096,
    [say("key at the config API")]: 1,
    note: say("other value"),
  };
}

/** undefined: it answers as it should. */
function written(n: number, say: Stranger, apply: () => void): FakeAnswer | undefined {
  const type = { "content-type": "application/json" };
  switch (n % 7) {
    case 1:
      return {
        status: 422,
        headers: { ...type, server: say("server header") },
        body: JSON.stringify({ error: say("error of the config API") }),
      };
    case 2:
      return { status: 302, headers: { location: say("location header") }, body: "" };
    case 3:
      apply();
      return {
        status: 500,
        headers: { "content-type": say("content type") },
        body: say("body of a failing config API"),
      };
    case 4:
      return {
        status: 429,
        headers: { "retry-after": say("retry-after header"), allow: say("allow header") },
        body: say("body of a busy config API"),
      };
    case 5:
      return {
        status: 200,
        headers: { etag: say("etag header"), "content-type": "text/html" },
        body: `<title>${say("title of a login page")}</title>`,
      };
    default:
      return undefined;
  }
}

/** undefined: it answers as it should. */
function measured(n: number, say: Stranger): FakeAnswer | undefined {
  const json = { "content-type": "application/json" };
  switch (n % 6) {
    case 1:
      return {
        status: 400,
        headers: json,
        body: JSON.stringify({ status: "error", errorType: say("error type"), error: say("error of Prometheus") }),
      };
    case 2:
      return { status: 302, headers: { location: say("location of Prometheus") }, body: "" };
    case 3:
      return {
        status: 200,
        headers: { "content-type": "text/html" },
        body: `<html><title>${say("title of a page")}</title>`,
      };
    case 4:
    case 5: {
      const at = Date.UTC(2026, 10, 21, 3, 12) / 1000;
      const labels = (value: string) => ({ route: value, [say("label of a series")]: say("value of a series") });
      const result = [say("part"), say("another part")].map((name, i) => ({
        metric: labels(name),
        values: Array.from({ length: 60 }, (_, t) => [at - t * 60, String(9 * (i + 1))]).reverse(),
      }));
      return {
        status: 200,
        headers: json,
        body: JSON.stringify({
          status: "success",
          data: { resultType: "matrix", result },
          warnings: [say("warning")],
          infos: [say("info")],
        }),
      };
    }
    default:
      return undefined;
  }
}

/** Others write into the record: a newer version, a crash, a disk. */
async function meddle({ world }: Stage, n: number, say: Stranger): Promise<void> {
  if (n % 2 === 0) return;
  for (const file of timelinesOf(world.files.all())) {
    const newer = {
      v: 9,
      incident: "x",
      seq: 999,
      at: 1,
      by: say("author of a record"),
      host: "x",
      type: say("type of a record"),
      payload: { [say("key of a record")]: 1 },
      digest: "x",
      prev: "x",
    };
    await world.files.append(file, `${JSON.stringify(newer)}\n${say("garbage in the record").replaceAll("\n", " ")}\n`);
    if (n % 4 === 3) await world.files.append(file, `{"v":1,"torn":"${say("torn line").replaceAll("\n", " ")}`);
  }
}

function timelinesOf(files: Record<string, string>): string[] {
  return Object.keys(files).filter((path) => path.endsWith("/timeline.jsonl"));
}

/** What was written: the record, the reports. */
async function faultsOnDisk({ world }: Stage): Promise<string[]> {
  const files = world.files.all();
  const reports = Object.entries(files).filter(([path]) => path.includes("/out/"));
  const ours = timelinesOf(files).flatMap((path) =>
    files[path]!.split("\n")
      .filter((line) => line.includes('"v":1,"incident"') && line.endsWith("}"))
      .map((line) => [path, line] as const),
  );
  const bad = timelinesOf(files).flatMap((path) => {
    const { events } = parseTimeline(files[path]);
    const until = events.findIndex(({ v }) => v !== 1);
    const broken = verifyChain(until < 0 ? events : events.slice(0, until));
    return broken === undefined ? [] : [`${path}: ${broken.why}`];
  });
  return [
    ...bad,
    ...reports.flatMap(([, text]) => faultIn(text) ?? []).map((why) => `the written postmortem ${why}`),
    ...ours.flatMap(([, line]) => faultInJson(line) ?? []).map((why) => `the record ${why}`),
  ];
}

import { describe, expect, it } from "vitest";
import type { FakeAnswer } from "../fake/world.ts";
import { project, setStage, type Set, type Stage } from "./stage.ts";
import { spike } from "./spike.ts";

const play = (more: Partial<Set> = {}) => setStage({ ...spike, ...more });
const clamp = (...more: string[]) => [
  ..."mitigate token-clamp --scope route=support.reply --reason cost --yes".split(" "),
  ...(more.length > 0 ? more : ["--with", "max_tokens=512"]),
];
const scripted = ["incident", "start", "--alert", "alert.json", "--answers", "answers.yaml"];

/** Every message says what was tried, whether production changed, and what to do. */
function said({ world }: Stage, ...wanted: (string | RegExp)[]): void {
  const { screen } = world.terminal;
  for (const words of wanted) expect(screen).toMatch(typeof words === "string" ? new RegExp(escape(words)) : words);
  expect(screen).not.toMatch(/\bat .*\.ts:\d+|undefined|\[object/);
}
const escape = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll(" ", "\\s+");

const json = { "content-type": "application/json" };
const answer = (status: number, body = "{}", headers = json): FakeAnswer => ({ status, headers, body });

describe("a config API that does not do what it was asked", () => {
  it.each<[string, FakeAnswer, number, string, string]>([
    ["401", answer(401), 3, "no", "401"],
    ["403", answer(403), 3, "no", "403"],
    ["404", answer(404), 3, "no", "404"],
    ["405", answer(405), 3, "no", "405"],
    ["409", answer(409), 5, "no", "409"],
    ["412", answer(412), 5, "no", "412"],
    ["422", answer(422, '{"error":"too\\u001b[31m small"}'), 3, "no", "422"],
    ["429", { status: 429, headers: { ...json, "retry-after": "7" }, body: "" }, 3, "no", "7"],
    ["a redirect", { status: 302, headers: { location: "http://evil.test/" }, body: "" }, 3, "no", "302"],
    ["500 and nothing applied", answer(500), 3, "no", "still|instead of|4096"],
    ["200 and nothing applied", answer(200), 3, "no", "4096"],
    ["a hang", { failed: "no answer within 10s", sent: true, takesMs: 10_000 }, 3, "no", "4096"],
    ["nobody there", { failed: "nothing listens on gateway.test:8080", sent: false }, 3, "no", "nothing listens"],
  ])("%s", async (_, instead, code, changed, why) => {
    const stage = play({ onWrite: () => instead });
    expect(await stage.llmops(...clamp())).toBe(code);
    said(stage, new RegExp(`[Pp]roduction changed: +${changed}`), new RegExp(why), /next:/);
    expect(stage.live["support.reply"]).toMatchObject({ max_tokens: 4096 });
    expect(stage.writes).toHaveLength(1);
    expect(stage.world.terminal.screen).not.toContain("\u001b");
  });

  it("500 after it was applied: what is read back counts, and nothing is sent again", async () => {
    const stage = play({
      onWrite: (_, apply) => {
        apply();
        return answer(500);
      },
    });
    expect(await stage.llmops(...clamp("--with", "max_tokens=512", "--wait", "none"))).toBe(0);
    expect(stage.writes).toHaveLength(1);
    said(stage, "read back 512");
  });

  it("a 200 that writes something else is unknown, and says so", async () => {
    const stage = play({
      onWrite: () => {
        stage.live["support.reply"]!["max_tokens"] = 1024;
        return answer(200);
      },
    });
    expect(await stage.llmops(...clamp())).toBe(6);
    said(stage, /[Pp]roduction changed: +unknown/, "1024");
  });

  it("without an ETag the plan says best effort, and a change in between is a conflict", async () => {
    const stage = play({ etag: false });
    expect(await stage.llmops(...clamp("--with", "max_tokens=512", "--wait", "none"))).toBe(0);
    said(stage, /best effort/);
    expect(stage.writes[0]!.ifMatch).toBeUndefined();
  });

  it("a value that somebody changed since the plan is a conflict: nothing is written", async () => {
    const stage = play({ typed: [{ line: "Type y to apply", text: "y" }] });
    const { terminal } = stage.world;
    const line = terminal.line.bind(terminal);
    terminal.line = async (question) => {
      stage.live["support.reply"]!["max_tokens"] = 2048;
      return line(question);
    };
    const asked = clamp("--with", "max_tokens=512").filter((word) => word !== "--yes");
    expect(await stage.llmops(...asked)).toBe(5);
    said(stage, "2048", /[Pp]roduction changed: +no/);
    expect(stage.writes).toEqual([]);
  });
});

describe("what was asked for does not exist or makes no sense", () => {
  it.each<[string, string[], number, ...string[]]>([
    ["a route that does not exist", ["--scope", "route=suport.reply"], 3, "suport.reply", "support.reply"],
    ["a misspelt dimension", ["--scope", "rout=x"], 2, "did you mean route"],
    ["a scope without a value", ["--scope", "route="], 2, "--scope route=VALUE"],
    ["one route of several that does not exist", ["--scope", "route=support.reply", "--scope", "route=b"], 3, "b"],
  ])("%s", async (_, scope, code, ...wanted) => {
    const stage = play();
    const asked = ["mitigate", "token-clamp", ...scope, "--reason", "cost", "--yes", "--with", "max_tokens=512"];
    expect(await stage.llmops(...asked)).toBe(code);
    said(stage, ...wanted, /[Pp]roduction changed: +no/);
    expect(stage.writes).toEqual([]);
  });

  it.each([["-1"], ["0"], ["1e9"], ["99999999999"], ["lots"], ["0.5"], [""]])("--with max_tokens=%s", async (value) => {
    const stage = play();
    expect(await stage.llmops(...clamp("--with", `max_tokens=${value}`))).toBe(2);
    said(stage, "max_tokens", /[Pp]roduction changed: +no/);
    expect(stage.writes).toEqual([]);
  });

  it("a mitigation that does not exist", async () => {
    const stage = play();
    expect(await stage.llmops("mitigate", "kill-swich", "--reason", "x", "--yes")).toBe(2);
    said(stage, "did you mean kill-switch");
  });

  it("a setting that no target offers", async () => {
    const stage = play();
    expect(await stage.llmops("mitigate", "block", "--scope", "user=u-1", "--reason", "x", "--yes")).toBe(3);
    said(stage, "blocked");
  });

  it("a scope wider than asked is never consented to by --yes", async () => {
    const stage = play();
    const asked = clamp("--scope", "tenant=acme", "--with", "max_tokens=512");
    expect(await stage.llmops(...asked)).toBe(4);
    said(stage, /WIDER/, "tenant");
    expect(stage.writes).toEqual([]);
  });

  it("consent by pipe is no consent", async () => {
    const stage = play({ input: "y\ny\ny\n" });
    expect(await stage.llmops(...clamp("--with", "max_tokens=512").filter((word) => word !== "--yes"))).toBe(4);
    expect(stage.writes).toEqual([]);
  });
});

describe("a dry run", () => {
  it("shows the plan, writes nothing, records nothing", async () => {
    const stage = play();
    const before = stage.world.files.all();
    expect(await stage.llmops(...clamp("--with", "max_tokens=512", "--dry-run"))).toBe(0);
    said(stage, /- max_tokens +4096/, /\+ max_tokens +512/);
    expect(stage.writes).toEqual([]);
    expect(stage.world.requests.every(({ method, url }) => method === "GET" || url.includes("/api/v1/"))).toBe(true);
    expect(stage.world.files.all()).toEqual(before);
  });
});

describe("G01, G02, G04, G05, G12: a source that does not answer as it should", () => {
  const promJson = (data: unknown) => answer(200, JSON.stringify({ status: "success", data }));
  const vector = (values: [number, string][]) => promJson({ resultType: "matrix", result: [{ metric: {}, values }] });
  const many = Array.from({ length: 10_000 }, (_, i) => ({
    metric: { route: `r${i}` },
    values: [[Date.UTC(2026, 10, 21, 3, 12, 4) / 1000, String(i)]],
  }));

  it.each<[string, FakeAnswer, ...(string | RegExp)[]]>([
    [
      "is not there",
      { failed: "nothing listens on prometheus.test:9090 (connection refused)", sent: false },
      "nothing listens",
    ],
    ["is too slow", { failed: "no answer within 10s", sent: true, takesMs: 10_000 }],
    [
      "answers with a login page",
      answer(200, "<html><title>Log in</title>", { "content-type": "text/html" }),
      "web page",
    ],
    ["refuses the token", answer(401, "no"), "401"],
    [
      "says that the query is bad",
      answer(400, '{"status":"error","errorType":"bad_data","error":"parse error\\u001b[2J"}'),
      "parse error",
    ],
    ["has no series", promJson({ resultType: "matrix", result: [] }), "no data"],
    ["has only NaN", vector([[Date.UTC(2026, 10, 21, 3, 12, 4) / 1000, "NaN"]]), "no data"],
    ["has 10,000 series", promJson({ resultType: "matrix", result: many })],
  ])("%s: the walk goes on, and nothing is called healthy", async (_, instead, ...wanted) => {
    const stage = play({ prometheus: () => instead, files: { ...spike.files, "answers.yaml": "cause: traffic\n" } });
    expect(await stage.llmops(...scripted)).toBe(0);
    said(stage, ...wanted);
    expect(stage.world.terminal.screen).not.toContain("\u001b");
    const { files, cwd } = stage.world;
    const [id] = await files.list(`${cwd}/.llmops/incidents`);
    const text = (await files.read(`${cwd}/.llmops/incidents/${id!}/timeline.jsonl`))!;
    expect(text).not.toContain('"verdict":"healthy"');
    expect(text).toContain('"type":"answered"');
  });
});

describe("files that cannot be used", () => {
  const start = (files: Record<string, string>, more: Partial<Set> = {}) =>
    play({ ...more, files: { ...spike.files, ...files } });

  it.each<[string, string, ...(string | RegExp)[]]>([
    ["broken YAML", "stack: [seed\n", /llmops\.yaml:\d+:\d+/],
    ["an unknown key", "stak: seed\n", /llmops\.yaml:1:1/, "stack"],
    ["a wrong type", "objectives: 5\n", /llmops\.yaml:1:\d+/],
    ["an unknown stack", project.replace("stack: seed", "stack: sead"), "sead"],
    ["an unknown source kind", "sources: { m: { promethus: { url: x } } }\n", "prometheus"],
    [
      "two kinds in one source",
      'sources: { m: { prometheus: { url: "http://x.test" }, calls: { files: x } } }\n',
      "exactly one",
    ],
  ])("a project file with %s", async (_, text, ...wanted) => {
    const stage = start({}, { project: text });
    expect(await stage.llmops(...scripted)).toBe(2);
    said(stage, ...wanted, /[Pp]roduction changed: +no/);
  });

  it("a runbook that does not exist", async () => {
    const stage = start({});
    expect(await stage.llmops("incident", "start", "spice", "--answers", "answers.yaml")).toBe(2);
    said(stage, "did you mean spike");
  });

  it("a runbook that cannot be read names its first mistake", async () => {
    const stage = start({ "runbooks/spike.yaml": "id: spike\ntitle: T\nclass: cost\nseverity: SEV9\n" });
    expect(await stage.llmops("incident", "start", "spike", "--answers", "answers.yaml")).toBe(2);
    said(stage, /spike\.yaml:\d+:\d+/);
  });

  it.each([["not json"], ["{}"], ['{"alerts":[{"labels":{}}]}']])("an alert that is none: %s", async (text) => {
    const stage = start({ "alert.json": text });
    expect(await stage.llmops(...scripted)).toBe(2);
    said(stage, "holds no alert");
  });

  it.each([
    ["caus: inflation\n", "did you mean cause"],
    ["cause: inflatoin\n", "did you mean inflation"],
  ])("answers that name nothing, before an incident is opened: %j", async (answers, wanted) => {
    const stage = start({ "answers.yaml": answers });
    expect(await stage.llmops(...scripted)).toBe(2);
    said(stage, wanted);
    expect(await stage.world.files.list(`${stage.world.cwd}/.llmops`)).toEqual([]);
  });

  it("an alert from stdin", async () => {
    const stage = start({}, { input: spike.files!["alert.json"]! });
    expect(await stage.llmops("incident", "start", "--alert", "-", "--answers", "answers.yaml")).toBe(0);
  });

  it("a secret that is not set is named, and fails only what needs it", async () => {
    const guarded = project.replace(
      'url: "http://gateway.test:8080"',
      'url: "http://gateway.test:8080"\n      headers: { authorization: { env: GATEWAY_TOKEN } }',
    );
    const stage = start({}, { project: guarded });
    expect(await stage.llmops(...clamp())).toBe(3);
    said(stage, "GATEWAY_TOKEN", /[Pp]roduction changed: +no/);
    expect(await stage.llmops("incident", "list")).toBe(0);
  });

  it("without a source the targets are still reached, and one line says what is missing", async () => {
    const bare = project.replace(/sources: .*\n/, "");
    const stage = start({}, { project: bare });
    expect(await stage.llmops(...scripted)).toBe(0);
    said(stage, /reach +gateway/, "llmops.yaml names no source");
  });

  it("with no project at all the questions are still asked", async () => {
    const stage = start(
      {},
      {
        project: "runbooks: runbooks\n",
        typed: [
          { menu: "What drives the cost?", value: "inflation" },
          { menu: "one", value: "not-done" },
        ],
      },
    );
    const before = stage.world.requests.length;
    expect(await stage.llmops("incident", "start", "spike")).toBe(0);
    expect(stage.world.requests.length).toBe(before);
  });
});

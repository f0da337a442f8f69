import { describe, expect, it } from "vitest";
import { parse } from "../../src/program.ts";
import { run } from "../../src/run.ts";
import { fakeWorld, type FakeOptions } from "../fake/world.ts";

const complete = `
targets:
  gateway:
    http:
      url: "http://gateway.test:8080"
      headers: { authorization: { env: NOT_SET } }
      levers:
        enabled:    { at: "/routes/{route}", pointer: /enabled }
        max_tokens: { at: "/routes/{route}", pointer: /max_tokens }
        blocked:    { at: "/blocked", pointer: /users, member: "{user}" }
routes:
  support.reply: { criticality: 1, owner: support, fallback: rules }
  search.answer: { criticality: 2, owner: search, fallback: cache }
`;
const without = (...settings: string[]) =>
  complete
    .split("\n")
    .filter((line) => !settings.some((setting) => line.trim().startsWith(`${setting}:`)))
    .join("\n");

async function audit(project: string, argv: string[] = [], more: FakeOptions = {}) {
  const world = fakeWorld({ files: { "llmops.yaml": project }, ...more });
  const asked = parse(["mitigation", "audit", ...argv]);
  if ("print" in asked) throw new Error(asked.print);
  const code = await run(asked, world);
  world.verify();
  return { code, out: world.terminal.output, err: world.terminal.screen, requests: world.requests };
}

describe("llmops mitigation audit, in CI", () => {
  it("passes a project that can act, without the network and without its secrets", async () => {
    const { code, out, err, requests } = await audit(complete);
    expect(code).toBe(0);
    expect(out).toMatch(/^✓ support\.reply +1 +yes +yes +yes +yes +support$/m);
    expect(err).toBe("2 routes, no errors, no warnings\n");
    expect(requests).toEqual([]);
  });

  it("fails for a route of criticality 1 that cannot be turned off, and says what to paste", async () => {
    const { code, out, err } = await audit(without("enabled"));
    expect(code).toBe(1);
    await expect(out).toMatchFileSnapshot("no-kill-switch.txt");
    expect(err).toBe("2 routes, 1 error, 1 warning\n");
  });

  it("only warns of the others", async () => {
    const { code, out } = await audit(without("enabled").replace("criticality: 1", "criticality: 2"));
    expect(code).toBe(0);
    expect(out).toContain("? kill switch: it cannot be turned off: no target has enabled (support.reply,");
  });

  it("points at the line of the register, as GitHub wants it", async () => {
    const { code, out } = await audit(without("enabled"), ["--format", "github"]);
    expect(code).toBe(1);
    const line =
      without("enabled")
        .split("\n")
        .findIndex((text) => text.includes("support.reply:")) + 1;
    expect(out.split("\n")[0]).toBe(
      `::error file=llmops.yaml,line=${line},col=3,endColumn=16,title=audit/kill-switch::support.reply: kill switch: it cannot be turned off: no target has enabled`,
    );
    expect((await audit(complete, ["--format", "github"])).out).toBe("");
  });

  it("tells programs everything", async () => {
    const { out } = await audit(without("enabled"), ["--json"]);
    expect(JSON.parse(out)).toMatchObject({
      checked: "llmops.yaml",
      routes: [
        { route: "support.reply", criticality: 1, met: { "kill switch": { is: "none" }, cap: { is: "yes" } } },
        { route: "search.answer" },
      ],
      findings: [{ rule: "audit/kill-switch", severity: "error", line: expect.any(Number) as number }, {}],
      add: ["targets:", "  gateway:", "    http:", "      levers:", expect.stringContaining("/enabled") as string],
    });
  });

  it("reads well at 40 columns", async () => {
    const { out } = await audit(without("enabled", "blocked"), [], { columns: 40 });
    await expect(out).toMatchFileSnapshot("narrow.txt");
  });

  it("without a register says what to add", async () => {
    const { code, err } = await audit("targets: {}\n");
    expect(code).toBe(2);
    expect(err).toContain("support.reply: { criticality: 1, owner: support, fallback: rules }");
  });
});

describe("llmops mitigation audit --read", () => {
  const open = complete.replace(/ +headers.*\n/, "");
  const page = { headers: { "content-type": "application/json" }, body: '{"enabled":true,"max_tokens":4096}' };
  const only = (present: string): FakeOptions => ({
    routes: ({ method, url }) => {
      expect(method).toBe("GET");
      if (url.endsWith(`/routes/${present}`)) return page;
      return { ...page, status: 404, body: '{"error":"no such route"}' };
    },
  });

  it("finds the address that points at nothing: an error where it is vital", async () => {
    const { code, out } = await audit(open, ["--read"], only("search.answer"));
    expect(code).toBe(1);
    expect(out.replaceAll(/\s+/g, " ")).toMatch(
      /! kill switch: enabled on gateway points at nothing: .*404.* \(support\.reply\)/,
    );
    expect((await audit(open, ["--read"], only("support.reply"))).code).toBe(0);
  });

  it("a target that does not answer is no error of the project", async () => {
    const { code, out } = await audit(open, ["--read"], {
      routes: () => ({ failed: "nothing listens on gateway.test:8080" }),
    });
    expect(code).toBe(0);
    expect(out).toContain("could not be read");
    const secret = await audit(complete, ["--read"]);
    expect(secret.code).toBe(0);
    expect(secret.out.replaceAll(/\s+/g, " ")).toContain("NOT_SET is not set");
  });
});

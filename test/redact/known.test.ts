import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { openSecrets } from "../../src/redact/known.ts";
import { scrubbed } from "../../src/world/scrub.ts";
import { resolveSecret } from "../../src/world/secret.ts";
import { knowSecrets, secretsIn } from "../../src/world/secretsIn.ts";
import { fakeWorld } from "../fake/world.ts";

const zebra = 'zebra crossing/42+"lane"';

function knowing(...texts: string[]) {
  const secrets = openSecrets();
  for (const text of texts) secrets.add(text, "TOKEN");
  return secrets;
}

describe("K01: a secret that was given out", () => {
  it.each([
    ["as it is", zebra],
    ["in a URL", encodeURIComponent(zebra)],
    ["in a URL, small letters", encodeURIComponent(zebra).toLowerCase()],
    ["in a form", new URLSearchParams({ a: zebra }).toString().slice(2)],
    ["in JSON", JSON.stringify(zebra).slice(1, -1)],
    ["broken over lines", `${zebra.slice(0, 9)}\n      ${zebra.slice(9)}`],
    ["in colours", `${zebra.slice(0, 5)}\u001b[39m\u001b[31m${zebra.slice(5)}`],
  ])("is hidden %s", (_, spelled) => {
    expect(knowing(zebra).hideKnown(`before ${spelled} after`)).toBe("before [secret TOKEN] after");
  });

  it.each([0, 1, 2])("is hidden in base64, with %i bytes before it, but for the edges that others share", (before) => {
    const all = Buffer.from(`${"u".repeat(before)}${zebra}:tail`);
    for (const encoding of ["base64", "base64url"] as const) {
      const hidden = knowing(zebra).hideKnown(all.toString(encoding));
      expect(hidden).toContain("[secret TOKEN]");
      expect(Buffer.from(hidden.replace("[secret TOKEN]", ""), encoding).toString()).not.toMatch(/zebra|crossing|lane/);
    }
  });

  it("is hidden where it was cut short, also at its fourth character", () => {
    const secrets = knowing(zebra);
    for (let length = 4; length < zebra.length; length++)
      expect(secrets.hideKnown(`said ${zebra.slice(0, length)}... and`)).toBe("said [secret TOKEN]... and");
    expect(secrets.hideKnown("said zebu... and")).toBe("said zebu... and");
  });

  it("hides the token inside a header and the password inside Basic, too", () => {
    expect(knowing("Bearer quiet-lantern-88").hideKnown("token quiet-lantern-88")).toBe("token [secret TOKEN]");
    const basic = `Basic ${Buffer.from("svc:quiet-lantern-88").toString("base64")}`;
    expect(knowing(basic).hideKnown("password quiet-lantern-88")).toBe("password [secret TOKEN]");
  });

  it("that is short is meant only where it stands alone, and is none below six characters", () => {
    expect(knowing("hunter2").hideKnown("hunter2, hunter22, xhunter2")).toBe("[secret TOKEN], hunter22, xhunter2");
    expect(knowing("abcde").hideKnown("abcde")).toBe("abcde");
  });

  it("inside a longer one leaves nothing of the longer one", () => {
    expect(knowing("lantern-8888", "quiet-lantern-8888-x").hideKnown("quiet-lantern-8888-x")).toBe("[secret TOKEN]");
  });
});

describe("K01: what is known", () => {
  it("are variables whose name says so and whose value could be none but a secret", () => {
    const env = {
      OPENAI_API_KEY: "zq81-xx77-aa02",
      DB_PASSWORD: "Quiet88lantern",
      POSTGRES_PASSWORD: "postgres",
      GITHUB_TOKEN: "",
      TOKENIZERS_PARALLELISM: "false77",
      MAX_TOKEN: "4096",
      HOME: "/home/zq81-home",
    };
    const text = Object.values(env).join(" ");
    expect(secretsIn(env).hideKnown(text)).toBe(
      "[secret OPENAI_API_KEY] [secret DB_PASSWORD] postgres  false77 4096 /home/zq81-home",
    );
  });

  it("is what the project file names, before it is used and also where it should not stand", () => {
    const world = fakeWorld({ env: { GATE: "quiet-lantern-88" } });
    const headers = { authorization: { env: "GATE" }, "x-api-key": "plain-enough-9", "x-tenant": "acme-support" };
    knowSecrets({ gateway: { http: { headers } } }, world);
    expect(world.secrets.hideKnown("quiet-lantern-88 plain-enough-9 acme-support")).toBe(
      "[secret GATE] [secret x-api-key of llmops.yaml] acme-support",
    );
  });

  it("is what a file and a command gave, by the place it came from", async () => {
    const world = fakeWorld({
      files: { "keys/gate": "quiet-lantern-88\n" },
      runs: [{ argv: ["/opt/vault", "read"], result: { stdout: "loud-lantern-99\n" } }],
    });
    await resolveSecret({ file: "keys/gate" }, world, world.cwd);
    await resolveSecret({ command: ["/opt/vault", "read"] }, world, world.cwd);
    expect(world.secrets.hideKnown("quiet-lantern-88 loud-lantern-99")).toBe("[secret gate] [secret vault]");
    world.verify();
  });
});

it("K01: everything that a terminal shows or prints goes through the scrubbing", async () => {
  const secret = "quiet-lantern-88";
  const seen: unknown[] = [];
  const { terminal } = fakeWorld({ typed: [] });
  const note = async (value: unknown) => void seen.push(value);
  const scripted = {
    ...terminal,
    people: (text: unknown) => void seen.push(text),
    programs: (text: unknown) => void seen.push(text),
    menu: async (menu: unknown) => (await note(menu), { value: "a" }),
    line: async (question: unknown) => (await note(question), ""),
    during: async <T>(text: unknown, work: Promise<T>) => (await note(text), work),
    pause: async (text: unknown, _ms: number) => (await note(text), "elapsed" as const),
  };
  const clean = scrubbed(scripted, knowing(secret));
  clean.people(secret);
  clean.programs(secret);
  const choices = [{ value: "a", label: secret }];
  await clean.menu({ question: secret, choices, why: secret, keys: {} });
  await clean.line(secret);
  await clean.during(secret, Promise.resolve());
  await clean.pause(secret, 1);
  expect(seen).toHaveLength(6);
  expect(JSON.stringify(seen)).not.toContain(secret);
  expect(JSON.stringify(seen).split("[secret TOKEN]")).toHaveLength(9);
});

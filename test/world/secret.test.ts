import { describe, expect, it } from "vitest";
import { UserError } from "../../src/errors.ts";
import { resolveSecret, secretSchema, type Secret } from "../../src/world/secret.ts";
import { fakeWorld, type FakeOptions } from "../fake/world.ts";

const folder = "/home/dana/shop";

async function resolve(secret: Secret, options: FakeOptions = {}): Promise<string> {
  const world = fakeWorld(options);
  const text = await resolveSecret(secret, world, folder);
  world.verify();
  return text;
}

async function problem(secret: Secret, options: FakeOptions = {}): Promise<string> {
  const thrown: unknown = await resolve(secret, options).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(UserError);
  expect(JSON.stringify(thrown)).not.toContain("hunter2");
  const { what, next } = thrown as UserError;
  expect(next).toBeTruthy();
  return what;
}

const vault: Secret = { command: ["vault", "read"] };
const ran = (result: { code?: number; stdout?: string; stderr?: string; failed?: string }) => ({
  runs: [{ argv: ["vault", "read"], result }],
});

describe("a secret", () => {
  it("comes from where it is kept", async () => {
    expect(await resolve("plain")).toBe("plain");
    expect(await resolve({ env: "TOKEN" }, { env: { TOKEN: "hunter2" } })).toBe("hunter2");
    expect(await resolve({ file: "token" }, { files: { token: "hunter2\n" } })).toBe("hunter2");
    expect(await resolve({ file: "/etc/token" }, { files: { "/etc/token": "hunter2\r\n" } })).toBe("hunter2");
    expect(await resolve(vault, ran({ stdout: "hunter2\n" }))).toBe("hunter2");
  });

  it("keeps blanks: only line breaks at the end are dropped", async () => {
    expect(await resolve({ env: "TOKEN" }, { env: { TOKEN: " a " } })).toBe(" a ");
  });

  it("that is missing names its place and never itself", async () => {
    expect(await problem({ env: "TOKEN" })).toBe("a secret is needed, but environment variable TOKEN is not set");
    expect(await problem({ env: "TOKEN" }, { env: { TOKEN: "" } })).toContain("environment variable TOKEN is empty");
    expect(await problem({ file: "token" })).toBe(`a secret is needed, but there is no file ${folder}/token`);
    expect(await problem({ file: "token" }, { files: { token: "\n" } })).toContain(`file ${folder}/token is empty`);
    expect(await problem({ file: "token" }, { files: { token: "hunter2\nx" } })).toContain("must be one line");
    expect(await problem(vault, ran({ code: 2, stdout: "hunter2", stderr: "hunter2" }))).toContain(
      "ended with exit code 2",
    );
    expect(await problem(vault, ran({ failed: "there is no program vault" }))).toContain("there is no program vault");
    expect(await problem(vault, ran({ stdout: "" }))).toContain("what command vault printed is empty");
  });

  it("is written in one of four ways", () => {
    const good = ["x", { env: "A" }, { file: "a" }, { command: ["a"] }, { command: ["a", "b", ""] }];
    const bad = [7, null, {}, { env: "" }, { env: "A", file: "a" }, { command: [] }, { command: "a b" }, { envv: "A" }];
    expect(good.filter((secret) => !secretSchema.safeParse(secret).success)).toEqual([]);
    expect(bad.filter((secret) => secretSchema.safeParse(secret).success)).toEqual([]);
  });
});

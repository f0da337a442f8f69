import { readFile } from "node:fs/promises";
import { harmless } from "../harmless.ts";
import { codeOf } from "./fileFailure.ts";
import { CaFailure } from "./httpFailure.ts";

/** The text of a PEM file with certificate authorities. */
export async function readCa(path: string): Promise<string> {
  const said = harmless(path);
  const text = await readFile(path, "utf8").catch((thrown: unknown) => {
    if (codeOf(thrown) === "ENOENT") throw new CaFailure(`there is no CA file ${said}`);
    throw new CaFailure(`the CA file ${said} cannot be read (${codeOf(thrown) ?? "no reason was given"})`);
  });
  if (!text.includes("-----BEGIN CERTIFICATE-----"))
    throw new CaFailure(`the CA file ${said} holds no PEM certificate`);
  return text;
}

import { harmless } from "../harmless.ts";
import { CaFailure } from "./httpFailure.ts";

/** The text of a PEM file with certificate authorities. */
export async function readCa(path: string): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  try {
    const text = await readFile(path, "utf8");
    if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
  } catch (thrown) {
    throw new CaFailure(`the CA file ${harmless(path)} cannot be read (${(thrown as NodeJS.ErrnoException).code ?? "unknown"})`);
  }
  throw new CaFailure(`the CA file ${harmless(path)} holds no PEM certificate`);
}

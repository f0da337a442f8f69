import { harmless, shorten } from "../harmless.ts";
import { redact } from "../redact/redact.ts";
import type { ExecResult } from "./exec.ts";

/** What kubectl could not do. */
export interface KubectlFailure {
  /**
   * conflict: it was changed since it was read, and nothing was done · missing: there is no such thing, and nothing was
   * done · refused: certainly not done · unknown: it may have been done
   */
  as: "conflict" | "missing" | "refused" | "unknown";
  /** harmless, and shorter than what the server repeats of an object */
  why: string;
  /** what the reader does about it */
  next: string;
}

interface Speaker {
  context: string;
  namespace: string;
  says: string;
}

/** A command line for a person. */
export function byHand({ context, namespace }: Omit<Speaker, "says">, ...args: string[]): string {
  return harmless(["kubectl", `--context=${context}`, `--namespace=${namespace}`, ...args].map(quoted).join(" "));
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** An exit code other than 0, or none. The words are those of kubectl 1.27 to 1.33. */
export function judgeKubectl(result: ExecResult, speaker: Speaker): KubectlFailure {
  const { failed, stderr } = result;
  if (failed !== undefined) return notEnded(failed, stderr, speaker);
  const { line, before } = saidIn(stderr);
  const served = /^Error from server(?: \((\w+)\))?:?\s*(.*)$/s.exec(line);
  if (served !== null) return answered(served[1] ?? "", served[2]!, speaker);
  if (/^The .*is invalid:/s.test(line)) return answered("Invalid", line, speaker);
  if (/must be logged in to the server/.test(line)) return answered("Unauthorized", "", speaker);
  const [why, text] = [speaker.says, line.replace(/^error: /i, "")];
  if (/context .* does not exist|context was not found|no context exists/.test(line))
    return {
      as: "refused",
      why: `${why}: ${shorten(text, 200)}`,
      next: "see which there are (kubectl config get-contexts), and set context: in llmops.yaml",
    };
  if (/getting credentials/.test(line))
    return {
      as: "refused",
      why: `${why}: no credentials: ${sayText([text.replace(/^.*getting credentials: /s, ""), before])}`,
      next: logIn(speaker),
    };
  const unsent =
    /^The connection to the server .* was refused|dial tcp|no such host|x509:|tls:|TLS handshake|HTTP response to HTTPS|proxyconnect|while waiting for connection/;
  const reach = "see that the cluster is reached from here (VPN, kubeconfig), or change it by hand";
  if (unsent.test(line)) return { as: "refused", why: `${why} is not reached: ${sayText([text])}`, next: reach };
  return { as: "unknown", why: `${why}: ${sayText([text]) || "kubectl failed without a word"}`, next: reach };
}

/** It was not there, or was stopped: what it had asked for by then nobody knows, but what it printed may tell why. */
function notEnded(failed: string, stderr: string, speaker: Speaker): KubectlFailure {
  if (/was not started/.test(failed)) return { as: "refused", why: failed, next: "try again" };
  if (/^there is no program|could not start|may not be executed/.test(failed))
    return { as: "refused", why: failed, next: "install kubectl (1.16 or newer), or see that PATH leads to it" };
  const { line } = saidIn(stderr);
  const hint = line === "" ? "" : `; it said: ${sayText([line])}`;
  // a credential plugin that waits for a login prints where to log in, and nothing else does before it is answered
  const next = line === "" ? `see whether ${speaker.says} answers: ${byHand(speaker, "version")}` : logIn(speaker);
  return { as: "unknown", why: `${speaker.says}: ${failed}${hint}`, next };
}

function logIn(speaker: Speaker): string {
  return `log in by hand, where you can be asked (${byHand(speaker, "auth", "can-i", "get", "pods")}), then try again`;
}

const hands = "or change it by hand";
const known: Record<string, Pick<KubectlFailure, "as" | "next"> & { meaning: string }> = {
  Conflict: { as: "conflict", meaning: "it was changed since it was read", next: "plan it again" },
  NotFound: { as: "missing", meaning: "there is no such thing", next: "see that the address in llmops.yaml is right" },
  Gone: { as: "missing", meaning: "it is gone", next: "see that the address in llmops.yaml is right" },
  AlreadyExists: { as: "refused", meaning: "it is there already", next: "plan it again" },
  Forbidden: {
    as: "refused",
    meaning: "these credentials may not do this",
    next: `ask who runs the cluster for the right to do it, ${hands}`,
  },
  Unauthorized: { as: "refused", meaning: "it does not accept these credentials", next: "" },
  Invalid: { as: "refused", meaning: "it does not accept this", next: `choose a value that it accepts, ${hands}` },
  BadRequest: { as: "refused", meaning: "it does not accept this", next: `choose a value that it accepts, ${hands}` },
  MethodNotAllowed: { as: "refused", meaning: "this cannot be replaced", next: "change it by hand" },
  RequestEntityTooLarge: { as: "refused", meaning: "the object is too large for it", next: "change it by hand" },
  UnsupportedMediaType: { as: "refused", meaning: "it does not take this kind of content", next: "change it by hand" },
  TooManyRequests: { as: "refused", meaning: "too many requests", next: `try again in a moment, ${hands}` },
};
const failing = { as: "unknown", meaning: "it failed", next: `see what is wrong with the cluster, ${hands}` } as const;

/** What the server itself says; a failure of its own may come after it did what was asked. */
function answered(reason: string, text: string, speaker: Speaker): KubectlFailure {
  // an object that was made anew under the same name is another one than was read
  const another = reason === "Invalid" && /metadata\.(uid|resourceVersion):/.test(text);
  const { as, meaning, next } = another
    ? known["Conflict"]!
    : (Object.hasOwn(known, reason) && known[reason]) || failing;
  const told = sayText([text]);
  const why = `${speaker.says} answered ${reason === "" ? "an error" : reason}: ${meaning}${told === "" ? "" : `: ${told}`}`;
  return { as, why, next: next === "" ? logIn(speaker) : next };
}

/** What it says went wrong, with the list that may follow, and the line above it; warnings and logs of its own are left out. */
function saidIn(stderr: string): { line: string; before: string } {
  const lines = stderr.split("\n").map((line) => line.trim());
  const own = lines.filter((line) => line !== "" && !/^Warning: |^[IWEF]\d{4} /.test(line));
  const at = own.findIndex((line) =>
    /^(Error from server|error: |Error in |The connection to|The .*is invalid:|Unable to connect)/.test(line),
  );
  if (at < 0) return { line: own.at(-1) ?? "", before: "" };
  const list = own.slice(at + 1).filter((line) => line.startsWith("* "));
  return { line: [own[at]!, ...list].join(" "), before: own[at - 1] ?? "" };
}

/** Whole objects, which an error may repeat, are left out before it is cut: what is cut off in the middle tells nothing. */
function sayText(texts: string[]): string {
  const said = texts.map((text) =>
    text.replace(/"(?:\{|map\[).*[}\]]"/gs, "(the object)").replace(/,? error found in #\d+ byte of .*$/s, ""),
  );
  return shorten(redact(said.filter((text) => text !== "").join("; "), "secrets").replace(/[\s.:;]+$/, ""), 200);
}

import { harmless, shorten } from "../harmless.ts";
import { byHand, judgeKubectl, type KubectlFailure } from "./kubectlWords.ts";
import type { Exec } from "./exec.ts";

export type { KubectlFailure } from "./kubectlWords.ts";

export interface Cluster {
  /** of the kubeconfig; always named, so that nobody reaches the cluster that happens to be current */
  context: string;
  namespace: string;
}

/** One namespace of one cluster, reached as the reader reaches it: their kubeconfig, their credentials. Never throws. */
export interface Kubectl extends Cluster {
  /** "prod-eu1/ai" */
  says: string;
  /** what is typed to do the same: "kubectl --context=prod-eu1 --namespace=ai rollout restart …" */
  byHand(...args: string[]): string;
  /** any command; `input` is its stdin, which is empty otherwise: nobody can be asked for a password */
  run(args: readonly string[], leftMs: number, more?: Sent): Promise<{ stdout: string } | KubectlFailure>;
  /** exactly one GET of a path of the API */
  get(path: string, leftMs: number): Promise<{ stdout: string } | KubectlFailure>;
  /** exactly one PUT; kubectl must be 1.16 or newer for it */
  replace(path: string, body: string, leftMs: number): Promise<{ stdout: string } | KubectlFailure>;
}

type Sent = Pick<Parameters<Exec>[1], "input" | "lasts">;

export function openKubectl(exec: Exec, { context, namespace }: Cluster): Kubectl {
  const says = `${harmless(context)}/${harmless(namespace)}`;

  const run: Kubectl["run"] = async (args, leftMs, more = {}) => {
    const timeout = `--request-timeout=${Math.ceil(leftMs / 1000)}s`;
    const result = await exec(["kubectl", `--context=${context}`, timeout, ...args], { timeoutMs: leftMs, ...more });
    return result.code === 0 ? { stdout: result.stdout } : judgeKubectl(result, { context, namespace, says });
  };
  return {
    context,
    namespace,
    says,
    byHand: (...args) => byHand({ context, namespace }, ...args),
    run,
    get: (path, leftMs) => run(["get", "--raw", path], leftMs, { lasts: "read" }),
    // older ones fetch the schemas of everything first, unless told not to check what they send as it is anyway
    replace: (path, body, leftMs) =>
      run(["replace", "--validate=false", "--raw", path, "-f", "-"], leftMs, { input: body, lasts: "write" }),
  };
}

/** What kubectl printed is an API object, or why it is none. */
export function notAnObject(stdout: string, says: string): string | undefined {
  try {
    const read: unknown = JSON.parse(stdout);
    if (typeof read === "object" && read !== null && !Array.isArray(read)) return undefined;
  } catch {
    if (stdout.trim().startsWith("{")) return `${says} answered JSON that is cut off, or more than can be read`;
  }
  return `${says} answered no object of the API (is a login in front of it?): ${shorten(stdout, 60)}`;
}

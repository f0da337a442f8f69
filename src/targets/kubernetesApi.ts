import type { Written } from "../timeline/setting.ts";
import { notAnObject, type Kubectl, type KubectlFailure } from "../world/kubectl.ts";
import type { Place } from "./kubernetesAddress.ts";
import { headSchema, type Head } from "./kubernetesNotes.ts";
import { requestMs, type Paths } from "./kubernetesPath.ts";

/** An object as the API server sent it. */
export interface Got {
  path: string;
  text: string;
  head: Head;
}

/** Whole objects, read and replaced on condition of the resourceVersion that stands in them. */
export interface Objects {
  get(place: Place): Promise<Got | KubectlFailure>;
  /** an object that was read before, from its text */
  parse(text: string, path: string): Got | KubectlFailure;
  /**
   * The server is asked first whether it would take it (a dry run): what it refuses then has certainly changed nothing.
   * Then exactly one PUT; `holds` says whether its answer holds what was sent.
   */
  replace(was: Got, text: string, holds: (answer: string) => boolean): Promise<Written>;
  noSuch(place: Place): { why: string; next: string };
}

export function openObjects(kubectl: Kubectl, paths: Paths): Objects {
  const { says } = kubectl;

  function noSuch({ says: what, resource }: Place): { why: string; next: string } {
    return { why: `${says} has no ${what}`, next: `see which there are: ${kubectl.byHand("get", resource.word)}` };
  }

  function parse(text: string, path: string): Got | KubectlFailure {
    const wrong = notAnObject(text, says);
    const { data } = headSchema.safeParse(wrong === undefined ? JSON.parse(text) : undefined);
    if (data !== undefined) return { path, text, head: data };
    const why = wrong ?? `${says} answered an object that is none of the API: it has no uid and resourceVersion`;
    return { as: "unknown", why, next: `see what it answers: ${kubectl.byHand("get", "--raw", path)}` };
  }

  return {
    noSuch,
    parse,
    async get(place) {
      const path = await paths.object(place);
      if (typeof path !== "string") return path;
      const got = await kubectl.get(path, requestMs);
      if ("as" in got) return got.as === "missing" ? { ...got, ...noSuch(place) } : got;
      return parse(got.stdout, path);
    },
    async replace(was, text, holds) {
      const path = `${was.path}?fieldManager=llmops`;
      const tried = await kubectl.replace(`${path}&dryRun=All`, text, requestMs);
      if ("as" in tried) return notWritten(tried.as === "unknown" ? { ...tried, as: "refused" } : tried);
      const done = await kubectl.replace(path, text, requestMs);
      if ("as" in done) return notWritten(done);
      const now = parse(done.stdout, was.path);
      if ("as" in now) return notWritten(now);
      const { uid, resourceVersion } = now.head.metadata;
      if (uid === was.head.metadata.uid && holds(now.text)) return { written: true, version: resourceVersion };
      return { unknown: true, why: `${says} answered the write with an object that does not hold what was sent` };
    },
  };
}

export function notWritten({ as, why, next }: KubectlFailure): Written {
  if (as === "conflict") return { conflict: true, live: null, why };
  return as === "unknown" ? { unknown: true, why, next } : { refused: true, why, next };
}

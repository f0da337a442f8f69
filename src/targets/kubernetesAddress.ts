import { harmless } from "../harmless.ts";

/** What of an object a lever moves. */
export type Part =
  | { kind: "data"; key: string }
  /** `container` left out: the first */
  | { kind: "env"; container: string | undefined; variable: string }
  | { kind: "annotation"; key: string }
  | { kind: "suspend" | "replicas" }
  /** all of it: the lever has a pointer into it */
  | { kind: "whole" };

/** Where a lever stands in the API of Kubernetes. */
export interface Place {
  /** "configmap llm-quotas" */
  says: string;
  resource: Resource;
  name: string;
  part: Part;
}

/** `api` is undefined where the cluster has to be asked which version of `group` it prefers. */
export interface Resource {
  /** as the address names it */
  word: string;
  plural: string;
  group: string;
  api?: string;
}

const apps = { group: "apps", api: "/apis/apps/v1" };
const batch = { group: "batch", api: "/apis/batch/v1" };
const resources: Record<string, Omit<Resource, "word">> = {
  configmap: { plural: "configmaps", group: "", api: "/api/v1" },
  deployment: { plural: "deployments", ...apps },
  statefulset: { plural: "statefulsets", ...apps },
  daemonset: { plural: "daemonsets", ...apps },
  cronjob: { plural: "cronjobs", ...batch },
  job: { plural: "jobs", ...batch },
};

// as the API server checks them: none of them can lead out of its place in a path
const objectName = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;
const groupName = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;
const pluralName = /^[a-z][a-z0-9]{0,62}$/;
const dataKey = /^[-._a-zA-Z0-9]{1,253}$/;
const variableName = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;
const annotationKey = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/;

export const addressWanted =
  "configmap/NAME/KEY, deployment/NAME/env/VAR, RESOURCE/NAME/annotation/KEY, cronjob/NAME/suspend, deployment/NAME/replicas, or RESOURCE.GROUP/NAME with a pointer";

/** An address whose placeholders are filled; undefined: it is none, or holds what is no name in Kubernetes. */
export function placeAt(address: string): Place | undefined {
  const [word = "", name = "", ...rest] = address.split("/");
  const resource = resourceOf(word);
  const part = resource === undefined ? undefined : partOf(resource, rest);
  if (resource === undefined || part === undefined || !objectName.test(name) || name.includes("..")) return undefined;
  return { says: harmless(`${word} ${name}`), resource, name, part };
}

/** What one write replaces: the whole object. */
export function objectOf(address: string): string {
  return address.split("/").slice(0, 2).join("/");
}

function resourceOf(word: string): Resource | undefined {
  if (Object.hasOwn(resources, word)) return { word, ...resources[word]! };
  const [plural = "", ...more] = word.split(".");
  const group = more.join(".");
  if (!pluralName.test(plural) || !groupName.test(group) || group.includes("..")) return undefined;
  const known = Object.values(resources).find((one) => one.plural === plural && one.group === group);
  return { word, ...(known ?? { plural, group }) };
}

function partOf({ plural }: Resource, rest: string[]): Part | undefined {
  const [first, ...more] = rest;
  if (first === undefined) return { kind: "whole" };
  const key = more.join("/");
  if (first === "annotation" && more.length > 0)
    return annotationKey.test(key) ? { kind: "annotation", key } : undefined;
  if (plural === "configmaps" && more.length === 0)
    return dataKey.test(first) ? { kind: "data", key: first } : undefined;
  if (first === "suspend" && more.length === 0) return /^(cron)?jobs$/.test(plural) ? { kind: "suspend" } : undefined;
  if (first === "replicas" && more.length === 0)
    return /^(deployment|statefulset)s$/.test(plural) ? { kind: "replicas" } : undefined;
  return /^(deployment|statefulset|daemonset)s$/.test(plural) ? envOf(rest) : undefined;
}

function envOf(rest: string[]): Part | undefined {
  const [container, env, variable = "", ...more] = rest[0] === "env" ? [undefined, ...rest] : rest;
  const fits = env === "env" && more.length === 0 && variableName.test(variable);
  return fits && (container === undefined || objectName.test(container))
    ? { kind: "env", container, variable }
    : undefined;
}

import { namesAt, pointerOf, readAt } from "../document/edit.ts";
import { shorten } from "../harmless.ts";
import type { Written } from "../timeline/setting.ts";
import { sameValue, type Value } from "../timeline/value.ts";
import type { Clock } from "../world/clock.ts";
import type { Kubectl } from "../world/kubectl.ts";
import type { KeyValue, Put } from "./keyValue.ts";
import { placeAt, type Place } from "./kubernetesAddress.ts";
import { notWritten, openObjects } from "./kubernetesApi.ts";
import { notesOn } from "./kubernetesNotes.ts";
import { putAt, textOf, withText } from "./kubernetesObject.ts";
import { hostOf, openPaths, requestMs } from "./kubernetesPath.ts";

const restartedAt = "/spec/template/metadata/annotations/kubectl.kubernetes.io~1restartedAt";

export interface Cluster extends KeyValue {
  /** starts the pods of "deployment/NAME" anew, as `kubectl rollout restart` does; one mutating request */
  restart(deployment: string): Promise<Written>;
}

/** `known`: the address of an object that is to be there, for `check`; undefined: the settings name none. */
export function openCluster(kubectl: Kubectl, clock: Clock, known: string | undefined): Cluster {
  const { says } = kubectl;
  const paths = openPaths(kubectl);
  const objects = openObjects(kubectl, paths);
  let host: Promise<string> | undefined;

  return {
    kind: "kubernetes",
    says: `kubernetes ${says}`,
    format: "json",
    // what is no name in Kubernetes must not become one
    encode: encodeURIComponent,
    async get(address) {
      const place = placeAt(address);
      if (place === undefined) return noPlace(address);
      host ??= hostOf(kubectl);
      const [got, at] = await Promise.all([objects.get(place), host]);
      if ("as" in got) {
        const missing = got.as === "missing" ? { missing: true as const } : {};
        return { error: got.why, next: got.next, ...missing };
      }
      const held = textOf(got.text, place.part);
      if ("error" in held) return { error: `${says}, ${place.says}: ${held.error}` };
      const version = got.head.metadata.resourceVersion;
      const pods = kubectl.byHand("rollout", "status", `${place.resource.word}/${place.name}`);
      const notes = notesOn(got.head, place.part, pods);
      return {
        text: held.text,
        version,
        identity: `kubernetes ${says}${at}, ${place.says}, resourceVersion ${shorten(version, 24)}`,
        keeps: got.text,
        ...(isYaml(place) ? { format: "yaml" } : {}),
        ...(notes.length === 0 ? {} : { notes }),
      };
    },
    async put(wanted) {
      const place = placeAt(wanted.address);
      if (place === undefined) return { refused: true, why: noPlace(wanted.address).error };
      if (wanted.keeps === undefined) return { refused: true, ...objects.noSuch(place) };
      const path = await paths.object(place);
      const was = typeof path === "string" ? objects.parse(wanted.keeps, path) : path;
      if ("as" in was) return notWritten({ ...was, as: "refused" });
      const made = withText(was.text, place.part, wanted.text);
      if ("error" in made) return { refused: true, why: `${says}, ${place.says}: ${made.error}` };
      return objects.replace(was, made.text, (answer) => holds(answer, place, wanted));
    },
    async list(prefix) {
      const [word = "", name = "", ...rest] = prefix.replace(/\/$/, "").split("/");
      const place = placeAt(`${word}/${name === "" ? "any" : name}`);
      if (place === undefined || rest.length > 0) return [];
      if (name === "") return paths.names(place.resource);
      const got = await objects.get(place);
      return "as" in got ? [] : namesAt(got.text, "json", "/data");
    },
    async check() {
      const began = clock.monotonic();
      const place = known === undefined ? undefined : placeAt(known);
      const got = place === undefined ? await kubectl.get("/version", requestMs) : await objects.get(place);
      const ms = (clock.monotonic() - began) / clock.speed;
      if ("as" in got) return { ok: false, say: got.why, ms };
      return { ok: true, say: `${Math.round(ms)} ms, write not tried`, ms };
    },
    async restart(deployment) {
      const next = `restart it by hand: ${kubectl.byHand("rollout", "restart", deployment)}`;
      const place = placeAt(deployment);
      if (place === undefined) return { refused: true, why: noPlace(deployment).error };
      const was = await objects.get(place);
      if ("as" in was) return { refused: true, why: was.why, next };
      const at: Value = { is: new Date(clock.now()).toISOString().replace(/\.\d+Z$/, "Z") };
      const made = putAt(was.text, restartedAt, at);
      if ("error" in made) return { refused: true, why: `${says}, ${place.says}: ${made.error}`, next };
      const written = await objects.replace(was, made.text, (answer) => stands(answer, restartedAt, at));
      if ("conflict" in written) return { refused: true, why: written.why, next };
      return "written" in written ? written : { ...written, next };
    },
  };
}

function isYaml({ part }: Place): boolean {
  return part.kind === "data" && /\.ya?ml$/.test(part.key);
}

function noPlace(address: string): { error: string; next: string } {
  const error = `${shorten(address, 120)} holds what is no name in Kubernetes; nothing was sent`;
  return { error, next: "name another scope, or see the lever's address in llmops.yaml" };
}

/** Does the answer to a write hold what was sent, where it was sent to? */
function holds(answer: string, { part }: Place, { text, change }: Put): boolean {
  if (part.kind === "whole") return stands(answer, pointerOf(change.path), change.value);
  const now = textOf(answer, part);
  return "text" in now && now.text === text;
}

function stands(answer: string, pointer: string, value: Value): boolean {
  const read = readAt(answer, "json", pointer);
  return "value" in read && sameValue(read.value, value);
}

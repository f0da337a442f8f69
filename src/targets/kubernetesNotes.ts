import { z } from "zod";
import { harmless, shorten } from "../harmless.ts";
import type { Part, Place } from "./kubernetesAddress.ts";
import type { LeverSettings } from "./lever.ts";

const texts = z.record(z.string(), z.string()).default({});

/** What is read of any object besides the value: who it is, and who else takes care of it. */
export const headSchema = z.object({
  /** of config maps; another kind may mean something else by it */
  immutable: z.boolean().catch(false),
  metadata: z.object({
    uid: z.string(),
    resourceVersion: z.string().min(1),
    labels: texts,
    annotations: texts,
  }),
});
export type Head = z.output<typeof headSchema>;

/** What one must know before changing it, as the object itself tells it; `watch`: how its pods are looked at. */
export function notesOn({ metadata, immutable }: Head, part: Part, watch: string): string[] {
  return [
    ...managers(metadata),
    ...(immutable ? ["it is immutable: the API server refuses every change of it"] : []),
    ...(part.kind === "env"
      ? [`changing it starts new pods (a rollout): the old ones keep the old value; ${watch}`]
      : []),
    ...(part.kind === "replicas" ? ["an autoscaler (HPA), where it has one, sets replicas again"] : []),
  ];
}

/** What the settings of a lever leave open; `isTold`: they say how a value gets to its readers, or how long it takes. */
export function notesOnLever({ part }: Place, { enforced }: LeverSettings, isTold: boolean): string[] {
  if (part.kind === "annotation" && enforced)
    return ["an annotation by itself enforces nothing: it helps where something watches it, else say enforced: false"];
  if (part.kind === "data" && !isTold)
    return [
      "pods that take it as env or subPath never see it (restart: on the lever); a mounted one follows in a minute or so (settles:)",
    ];
  return [];
}

/** Whoever applies objects from elsewhere puts back what is there. */
function managers({ labels, annotations }: Head["metadata"]): string[] {
  const of = (name: string) => annotations[name] ?? labels[name];
  const argo = of("argocd.argoproj.io/tracking-id")?.split(":")[0] ?? of("argocd.argoproj.io/instance");
  const flux = of("kustomize.toolkit.fluxcd.io/name");
  const helmRelease = of("helm.toolkit.fluxcd.io/name");
  const helm = labels["app.kubernetes.io/managed-by"] === "Helm";
  const chart = annotations["meta.helm.sh/release-name"];
  const said = (name: string | undefined) => (name === undefined ? "" : ` (${shorten(name, 60)})`);
  return [
    ...(argo === undefined
      ? []
      : [`Argo CD manages it${said(argo)}: self-heal will put back what git says; suspend its sync first`]),
    ...(flux === undefined
      ? []
      : [`Flux manages it${said(flux)}: it will put back what git says; suspend that kustomization first`]),
    ...(helmRelease === undefined
      ? []
      : [`Flux manages it with Helm${said(helmRelease)}: it may put back what git says; suspend that release first`]),
    ...(helm && helmRelease === undefined
      ? [`Helm installed it${said(chart)}: the next upgrade may put back what the chart says`]
      : []),
  ].map((note) => harmless(note));
}

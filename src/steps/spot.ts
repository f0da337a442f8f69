import type { Target } from "../targets/target.ts";
import type { Scope } from "../timeline/scope.ts";
import type { Change, Lever } from "../timeline/setting.ts";

/** One lever of one target, at one scope. */
export interface Spot {
  target: Target;
  /** of the target, in the project */
  name: string;
  lever: Lever;
  scope: Scope;
}

/** Where a recorded change was made; undefined where the project no longer has that target or lever. */
export async function spotOf(
  { target: name, setting, scope }: Change,
  targets: readonly { name: string; open(): Target | Promise<Target> }[],
): Promise<Spot | undefined> {
  const target = await targets.find((one) => one.name === name)?.open();
  const lever = target?.levers.find((one) => one.setting === setting);
  return target === undefined || lever === undefined ? undefined : { target, name, lever, scope };
}

/**
 * A command that is over within a second never earns back what Node 20 spends on optimising what it runs, which can be as
 * much as all its work. What runs for longer is optimised all the same, a little later.
 */
export function optimiseLater(): void {
  if (process.versions.node.startsWith("20."))
    process.getBuiltinModule("node:v8").setFlagsFromString("--interrupt-budget=400000");
}

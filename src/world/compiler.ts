/**
 * For commands that work hard and are over within a second or two: Node 20 spends as much on optimising what they run as they
 * would ever earn back, and starts with so little room for young objects that it collects them all the time. What runs for
 * longer is optimised all the same, a little later.
 */
export function optimiseLater(): void {
  if (!process.versions.node.startsWith("20.")) return;
  const { setFlagsFromString } = process.getBuiltinModule("node:v8");
  setFlagsFromString("--interrupt-budget=400000");
  setFlagsFromString("--semi-space-growth-factor=8");
}

import { command } from "./command.ts";

export const signal = command({
  name: "signal",
  summary: "signals as they are now, beside what is usual",
  group: "Start here",
  details:
    "Without NAME: every signal that the project can measure, by layer. Each is compared with the same hour yesterday. " +
    "--watch looks again every tenth of the window and leaves at q; where nothing can be redrawn it prints what changed, with --json an object for each look. " +
    "Changes nothing and records nothing. Exit code 0: read, whatever the figures say; 3: nothing could be read.",
  args: { name: { summary: "cost_per_hour, error_rate, ...; left out: all", many: true } },
  options: {
    scope: { summary: "narrow it: route, tenant, user, model, ...", value: "D=V", many: true },
    by: { summary: "split it: route, tenant, user, model, ...", value: "D" },
    window: { summary: "how far back one reading looks; default as in llmops.yaml", value: "5m" },
    watch: { summary: "look again and again" },
  },
  json: true,
  examples: [
    "llmops signal",
    "llmops signal cost_per_hour error_rate --by route",
    "llmops signal error_rate --scope route=support.reply --watch",
  ],
  async run(world, { args, options: { scope, by, window, watch }, json }) {
    const { runSignal } = await import("../session/signal.ts");
    return runSignal(world, { names: args.name, scope, by, window, watch, json });
  },
});

import { command } from "./command.ts";

export const doctor = command({
  name: "doctor",
  summary: "what of llmops.yaml is there, and what is missing",
  group: "Start here",
  details:
    "Asks every source, target, sink and record of changes at once, and says which stack the metrics are of, which signals " +
    "they can answer, how routes and tenants are told apart, and what the runbooks would want and not get. Reads only. Exit " +
    "code 1: something that an incident needs is missing.",
  json: true,
  examples: ["llmops doctor", "llmops doctor --json"],
  async run(world, { json }) {
    const { runDoctor } = await import("../session/doctor.ts");
    return runDoctor(world, { json });
  },
});

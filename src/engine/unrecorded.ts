import { join } from "node:path";
import { exit, messageOf, UserError, type Changed } from "../errors.ts";
import { harmless, harmlessJson } from "../harmless.ts";
import { cleanFacts } from "../timeline/clean.ts";
import type { Fact } from "../timeline/event.ts";
import type { World } from "../world/world.ts";
import type { Desk } from "./desk.ts";

/** A write went out and what came of it is not on the timeline: nothing goes on after that. */
export class NotRecorded extends UserError {}

/**
 * What could not be put on the timeline goes to the screen as one line of JSON, and into a file where there is room: a
 * place for temporary files. `thrown`: what else the change ended with.
 */
export async function keepElsewhere(
  lost: readonly Fact[],
  why: unknown,
  thrown: unknown,
  desk: Pick<Desk, "world" | "recorder">,
): Promise<NotRecorded> {
  const { world, recorder } = desk;
  const { id } = recorder.incident;
  // the store's own key may be out of reach now, and the marks are compared with nothing
  const facts = await cleanFacts(lost, world.secrets, async () => world.random.id(52));
  const line = harmlessJson({ incident: id, at: world.clock.now(), by: world.user, host: world.host, facts });
  world.terminal.people(line);
  const file = await keepFile(`${id}.json`, `${line}\n`, world);
  const kept = file === undefined ? "the line of JSON above" : `${harmless(file)} (it stands above, too)`;
  const { what, changed } = outcomeOf(lost, thrown);
  return new NotRecorded({
    what: `${what} NOT RECORDED: ${messageOf(why)}`,
    changed,
    code: exit.unknown,
    next: `keep ${kept}; mend the disk, then llmops watch --once settles it by reading`,
  });
}

function outcomeOf(lost: readonly Fact[], thrown: unknown): { what: string; changed: Changed } {
  const seen = lost.findLast((fact) => fact.type === "read-back");
  if (seen?.payload.as === "applied") return { what: "The change is APPLIED, and that is", changed: "yes" };
  if (thrown instanceof UserError)
    return { what: `${thrown.what.replace(/\.$/, "")}; and that is`, changed: thrown.changed };
  return { what: "A write went out, and what came of it is", changed: "unknown" };
}

/** In a folder of its own that nobody else can read, where there is room. */
async function keepFile(name: string, text: string, { files, env }: World): Promise<string | undefined> {
  for (const place of [env["TMPDIR"] || "/tmp", "/var/tmp", "/dev/shm"]) {
    try {
      const file = join(await files.makeFreshFolder(join(place, "llmops-unrecorded-")), name);
      if (await files.create(file, text)) return file;
    } catch {
      continue;
    }
  }
  return undefined;
}

import { posix } from "node:path";
import { imports, type File } from "./code.ts";

/** From the ground up. A file imports its own entry or a lower line, never sideways, never up. */
export const floors: readonly (readonly string[])[] = [
  ["errors.ts", "duration.ts", "harmless.ts", "markdown.ts", "version.ts", "document/", "schema/", "redact/"],
  ["world/", "exposition.ts"],
  ["timeline/", "queries/", "patterns/"],
  ["sources/", "targets/", "probes/", "models/", "actions/", "mitigations/", "signals/", "sinks/", "triage/", "audit/"],
  ["steps/", "changes/"],
  ["projectFile.ts"],
  ["runbook/", "project.ts"],
  ["engine/", "gather/", "due.ts", "postmortem/", "show/"],
  ["rehearse/", "sandbox/"],
  ["lint/"],
  ["session/"],
  ["commands/"],
  ["program.ts", "run.ts"],
  ["main.ts"],
];

/** Where a file of src/ stands; the ground floor is one room. */
function place(path: string): { floor: number; room: string } | undefined {
  const inside = path.replace(/^src\//, "");
  for (const [floor, rooms] of floors.entries()) {
    const room = rooms.find((it) => (it.endsWith("/") ? inside.startsWith(it) : inside === it));
    if (room !== undefined) return { floor, room: floor === 0 ? "ground" : room };
  }
  return undefined;
}

/** Imports that go sideways or up, and files that stand nowhere. */
export function wrongFloors(files: readonly File[]): string[] {
  return files.flatMap((file) => {
    const own = place(file.path);
    if (own === undefined) return [`${file.path} stands on no floor (test/house/floors.ts)`];
    return imports(file).flatMap(({ from, line }) => {
      if (!from.startsWith(".") || from === "../package.json") return [];
      const target = posix.join(posix.dirname(file.path), from);
      const other = place(target);
      if (other === undefined) return [`${file.path}:${line} imports ${target}, which stands on no floor`];
      if (other.room === own.room || other.floor < own.floor) return [];
      return [`${file.path}:${line} imports ${target}: ${other.floor === own.floor ? "sideways" : "up"}`];
    });
  });
}

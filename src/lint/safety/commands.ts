import type { Document, Path } from "../../document/document.ts";
import { dimensionsIn } from "../../actions/argv.ts";
import { ofLast } from "../ofLast.ts";

/** A command line of a runbook's `run` step, or of an action of the project. */
export interface Command {
  argv: readonly string[];
  path: Path;
  irreversible: boolean;
  /** what it would touch is counted first: only actions can */
  counted: boolean;
  of: "step" | "action";
}

/** Every command line of a file that has the shape of one; of other files none. Looked up once for all rules. */
export const commandsOf: (document: Document) => readonly Command[] = ofLast(find);

function find({ value }: Document): Command[] {
  const { steps, actions } = fieldsOf(value);
  const ofSteps = (Array.isArray(steps) ? steps : []).flatMap((step, index) =>
    commandIn(fieldsOf(step)["run"], ["steps", index, "run"], "step"),
  );
  const ofActions = Object.entries(fieldsOf(actions)).flatMap(([name, action]) => {
    const { command } = fieldsOf(action);
    const path = ["actions", name];
    return Array.isArray(command)
      ? commandIn(action, path, "action")
      : commandIn(command, [...path, "command"], "action");
  });
  return [...ofSteps, ...ofActions];
}

function commandIn(given: unknown, at: Path, of: Command["of"]): Command[] {
  const { command, irreversible, count } = fieldsOf(given);
  if (!Array.isArray(command) || !command.every((word) => typeof word === "string")) return [];
  const path = [...at, "command"];
  return [{ argv: command, path, irreversible: irreversible === true, counted: count !== undefined, of }];
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** `{route}` in a word, as it stands there. */
export function placeholderIn(word: string): string | undefined {
  const [first] = dimensionsIn([word]);
  return first === undefined ? undefined : `{${first}}`;
}

import { fieldsIn, type Field } from "./fields.ts";
import { wrongIn } from "./grammar.ts";
import { parseTemplate } from "./template.ts";

export interface Fault {
  start: number;
  end: number;
  message: string;
}

/** A field with its offsets in the text. */
export type PlacedField = Omit<Field, "loc"> & { start: number; end: number };

/** Looks a template over without an incident: its fields, or what makes it no template of ours. */
export function inspect(text: string): { fields?: PlacedField[]; faults: Fault[] } {
  const starts = lineStarts(text);
  const offset = ({ line, column }: hbs.AST.Position) => (starts[line - 1] ?? text.length) + column;
  const parsed = parseTemplate(text);
  if ("what" in parsed) {
    const start = offset({ line: parsed.line, column: 0 });
    return { faults: [{ start, end: start + 1, message: parsed.what }] };
  }
  const wrong = wrongIn(parsed.program);
  if (wrong.length > 0)
    return {
      faults: wrong.map(({ loc, what }) => ({ start: offset(loc.start), end: offset(loc.end), message: what })),
    };
  const fields = fieldsIn(parsed.program).map(({ loc, ...field }) => ({
    ...field,
    start: offset(loc.start),
    end: offset(loc.end),
  }));
  return { fields, faults: [] };
}

/** Handlebars ends a line as it is ended in the file, be it with "\r" alone. */
function lineStarts(text: string): number[] {
  return [0, ...[...text.matchAll(/\r\n?|\n/g)].map((found) => found.index + found[0].length)];
}

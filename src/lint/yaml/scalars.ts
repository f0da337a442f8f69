import type { Document, Path, Style, Tree } from "../../document/document.ts";
import { ofLast } from "../ofLast.ts";

/** A key or a value as it is written. */
export interface Scalar {
  isKey: boolean;
  /** of the value, or of the value that the key is for */
  path: Path;
  style: Style;
  /** what it means; of a key its text */
  is: null | boolean | number | string;
  /** with its quotes */
  written: string;
  start: number;
  end: number;
  /** the keys beside it */
  beside: readonly string[];
}

/** All keys and values of a text in its order, looked up once for all rules. What an alias stands for is where it was written. */
export const scalarsOf: (document: Document) => readonly Scalar[] = ofLast(find);

function find({ text, tree }: Document): Scalar[] {
  const found: Scalar[] = [];
  const look = (at: Tree, path: Path, beside: readonly string[]): void => {
    if (at.kind === "scalar") {
      const { start, end, style, is } = at;
      found.push({ isKey: false, path, style, is, written: text.slice(start, end), start, end, beside });
    } else if (at.kind === "list") {
      for (const [index, item] of at.items.entries()) look(item, [...path, index], []);
    } else if (at.kind === "map") {
      const keys = at.members.map(({ key }) => key);
      for (const { key, start, keyEnd, value } of at.members) {
        const written = text.slice(start, keyEnd);
        const style = written.startsWith('"') ? "double" : written.startsWith("'") ? "single" : "plain";
        const inside = [...path, key];
        found.push({ isKey: true, path: inside, style, is: key, written, start, end: keyEnd, beside: keys });
        look(value, inside, keys);
      }
    }
  };
  if (tree !== undefined) look(tree, [], []);
  return found;
}

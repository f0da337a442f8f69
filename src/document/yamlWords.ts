import { harmless } from "../harmless.ts";

/** What the YAML parser says → what a tired reader can act on. */
const words: [RegExp, string][] = [
  [/^Tabs are not allowed/, "a tab is used for indentation; YAML allows only spaces"],
  [/^Missing closing/, "the text in quotes is never closed"],
  [/sufficiently indented and end with/, "the bracket is never closed, or its lines begin too far left"],
  [
    /^Flow .* must be more indented/,
    "the closing bracket begins too far left: indent it more than the key it belongs to",
  ],
  [/^Map keys must be unique/, "this key is here twice"],
  [
    /^Nested mappings are not allowed/,
    'this value goes on with another ": ": put it in quotes, or mend the indentation of the next line',
  ],
  [/^All mapping items must start/, "this line is indented differently from the keys above it"],
  [/^All sequence items must start/, 'this "- " is indented differently from the ones above it'],
  [
    /^Sequence item without/,
    'a list goes on here, but there is no "- ", or this line is indented differently from the one above',
  ],
  [
    /^Implicit map keys need to be followed/,
    'there is no ": " after this key, or this line is indented differently from the ones above',
  ],
  [/^Implicit keys .*single line/, 'a key and its ":" must stand on one line; is a ":" missing on the line before?'],
  [/at most 1024 chars/, "the key is too long"],
  [/block-seq-ind on same line with key/, "a list begins on the line after its key"],
  [
    /^Unexpected (double-quoted-|single-quoted-)?scalar at node end/,
    "something follows where the value had already ended: mend the indentation, or put the whole value in quotes",
  ],
  [
    /^Unexpected flow-(map|seq)-start at node end/,
    'inside { } and [ ] a text with a bracket in it needs quotes, like "/routes/{route}"',
  ],
  [/^Unexpected flow-(map|seq)-end token/, "nothing opens what is closed here"],
  [/^Unexpected block-map/, "keys begin where a value had already ended"],
  [/^Unexpected , in/, "there is a comma too many"],
  [/^Unexpected empty item/, "there is a comma with nothing before it"],
  [/^Missing , /, "a comma is missing before this"],
  [/^Missing space after :/, 'a space is missing after ":"'],
  [/^Comments must be separated/, 'a comment needs a space before its "#"'],
  [/^Plain value cannot start/, "a text cannot begin with this character: put it in quotes"],
  [
    /^Block scalar(s| header)/,
    "the line with | or > has something behind it, or the lines of its text are indented differently",
  ],
  [
    /^Block collections are not allowed within flow/,
    'inside [ ] and { } everything is separated by commas; "- " and indented keys do not work there',
  ],
  [/^A block sequence may not be used/, "a list cannot be a key"],
  [/^Unresolved tag|^Tag /, "tags are not known here"],
  [/anchor/i, "the mark with & is not right: one name, directly before the value"],
  [/alias/i, "* begins an alias; to write it as a text put it in quotes"],
];

export function inWords(message: string, offending: string): string {
  if (message.startsWith("Invalid escape sequence")) {
    const escape = harmless(message.replace(/^Invalid escape sequence /, ""));
    return `${escape} means nothing inside "…": write \\\\ for a backslash, or use '…'`;
  }
  const found = words.find(([pattern]) => pattern.test(message))?.[1];
  if (found === undefined) return "this is not YAML from here on";
  return found.startsWith("tags are") ? `${harmless(offending.split(/\s/)[0]!)}: ${found}` : found;
}

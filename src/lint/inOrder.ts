/**
 * Where these are found in a text one after the other, from the first of them to the end of the last. One pattern with
 * `.*` between them says the same in a time that grows with the square of the text, or its cube, and anybody may write one.
 */
export function inOrder(text: string, patterns: readonly RegExp[]): { from: number; to: number } | undefined {
  let from: number | undefined;
  let to = 0;
  for (const { source, flags } of patterns) {
    const pattern = new RegExp(source, flags.includes("g") ? flags : `${flags}g`);
    pattern.lastIndex = to;
    const found = pattern.exec(text);
    if (found === null) return undefined;
    from ??= found.index;
    to = found.index + found[0].length;
  }
  return from === undefined ? undefined : { from, to };
}

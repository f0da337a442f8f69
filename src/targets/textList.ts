/** "a, b" or one to a line; of one entry alone its line break tells. */
function separator(text: string): string {
  return /\r?\n/.exec(text.trimEnd())?.[0] ?? /,[ \t]*/.exec(text)?.[0] ?? (text.endsWith("\n") ? "\n" : ",");
}

export function isIn(text: string, member: string): boolean {
  return entries(text).includes(member);
}

/** Behind the last entry, laid out like the others. */
export function addToList(text: string, member: string): { text: string } | { error: string } {
  if (isIn(text, member)) return { text };
  if (member.trim() !== member || /[,\n]/.test(member)) return { error: "this list cannot hold such a name" };
  const body = text.trimEnd();
  const end = text.slice(body.length);
  return { text: body === "" ? member + text : body + separator(text) + member + end };
}

export function removeFromList(text: string, member: string): string {
  if (!isIn(text, member)) return text;
  const pieces = text.split(/(,[ \t]*|\r?\n)/);
  const at = pieces.findIndex((piece, i) => i % 2 === 0 && piece.trim() === member);
  const last = at + 2 >= pieces.length || pieces.slice(at + 2).every((piece) => piece === "");
  // the last entry goes with the separator before it, any other with the one behind it
  pieces.splice(last && at > 0 ? at - 1 : at, 2);
  return pieces.join("");
}

function entries(text: string): string[] {
  return text.split(/[,\n]/).map((entry) => entry.trim());
}

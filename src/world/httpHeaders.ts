type Headers = Record<string, string | string[] | undefined>;

/** One spelling for each name; several values of one name are joined. */
export function lower(headers: Headers): Record<string, string> {
  const entries = Object.entries(headers).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), [value].flat().join(", ")]));
}

/** A line break in a value would end the header and smuggle in another. */
export function fitsHeader(name: string, value: string): boolean {
  return /^[!#$%&'*+.^_`|~\w-]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
}

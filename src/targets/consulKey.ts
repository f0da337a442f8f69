/** What no server or proxy on the way would take for another path. */
export function isConsulKey(key: string): boolean {
  return !key.split("/").some((segment) => ["", ".", ".."].includes(segment));
}

/** `/v1/PATH` below the configured URL. */
export function consulUrl(base: URL, path: string, query: Record<string, string> = {}): URL {
  const url = new URL(`${base.origin}${base.pathname.replace(/\/+$/, "")}/v1/${path}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}

/** The URL of a key (or of a prefix, which may be empty or end with "/"). */
export function consulKeyUrl(base: URL, key: string, query?: Record<string, string>): URL {
  return consulUrl(base, `kv/${key.split("/").map(encodeURIComponent).join("/")}`, query);
}

import { BlockList, isIP } from "node:net";

/**
 * Which proxy a request goes through, as curl and Go read the environment: `http_proxy` and `https_proxy` in small or
 * capital letters, `no_proxy` a list of hosts (their subdomains too), `host:port`, ranges like 10.0.0.0/8, or `*`.
 * Loopback never goes through one.
 */
export function proxyFor(env: Readonly<Record<string, string | undefined>>): (url: URL) => string | undefined {
  const get = (name: string) => env[name] || env[name.toUpperCase()] || undefined;
  const except = (get("no_proxy") ?? "").split(/[\s,]+/).filter((entry) => entry !== "");
  return (url) => {
    const proxy = get(url.protocol === "https:" ? "https_proxy" : "http_proxy");
    if (proxy === undefined || isLoopback(url.hostname)) return undefined;
    return except.some((entry) => covers(entry.toLowerCase(), url)) ? undefined : withScheme(proxy);
  };
}

function withScheme(proxy: string): string {
  return proxy.includes("://") ? proxy : `http://${proxy}`;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || /^127(\.\d+){3}$/.test(host);
}

function covers(entry: string, url: URL): boolean {
  if (entry === "*") return true;
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(entry) !== 0 || entry.includes("/")) return isWithin(host, entry);
  const [, name, port] = /^\*?\.?(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  if (port !== undefined && port !== (url.port || (url.protocol === "https:" ? "443" : "80"))) return false;
  return name !== undefined && name !== "" && (url.hostname === name || url.hostname.endsWith(`.${name}`));
}

/** `range`: an address, or one with the number of bits that count behind a slash. */
function isWithin(host: string, range: string): boolean {
  const [address = "", bits] = range.split("/");
  const version = isIP(address);
  const all = version === 4 ? 32 : 128;
  const count = bits === undefined ? all : Number(bits);
  if (version === 0 || version !== isIP(host) || !/^\d*$/.test(bits ?? "") || count > all) return false;
  const family = version === 4 ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(address, count, family);
  return list.check(host, family);
}

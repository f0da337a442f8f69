import { describe, expect, it } from "vitest";
import { proxyFor } from "../../src/world/httpProxy.ts";
import { isWideEnough, readColumns, wantsColour, wantsUnicode } from "../../src/world/look.ts";

describe("colour", () => {
  it.each([
    [{}, true, true, true],
    [{}, false, true, false],
    [{}, true, false, false],
    [{ NO_COLOR: "1" }, true, true, false],
    [{ NO_COLOR: "" }, true, true, true],
    [{ TERM: "dumb" }, true, true, false],
    [{ FORCE_COLOR: "1" }, false, true, true],
    [{ FORCE_COLOR: "" }, false, true, true],
    [{ FORCE_COLOR: "0" }, true, true, false],
    [{ FORCE_COLOR: "3", NO_COLOR: "1" }, true, true, false],
    [{ FORCE_COLOR: "1" }, true, false, false],
  ])("%j, terminal %s, asked %s: %s", (env, isTerminal, asked, expected) => {
    expect(wantsColour(env, isTerminal, asked)).toBe(expected);
  });
});

describe("unicode", () => {
  it.each([
    [{ LANG: "en_US.UTF-8" }, true],
    [{ LANG: "de_DE.utf8" }, true],
    [{ LANG: "C" }, false],
    [{ LANG: "POSIX" }, false],
    [{ LANG: "de_DE.ISO-8859-1" }, false],
    [{ LANG: "en_US.UTF-8", LC_ALL: "C" }, false],
    [{ LANG: "C", LC_CTYPE: "C.UTF-8" }, true],
    [{ LC_ALL: "", LANG: "C.UTF-8" }, true],
    [{}, true],
    [{ TERM: "xterm" }, true],
    [{ TERM: "dumb" }, false],
    [{ TERM: "linux" }, false],
  ])("%j: %s", (env, expected) => expect(wantsUnicode(env)).toBe(expected));
});

describe("width", () => {
  it("0 and unknown are 80, and never less than 20 is used", () => {
    expect([undefined, 0, 10, 20, 21, 200].map(readColumns)).toEqual([80, 80, 20, 20, 21, 200]);
    expect([undefined, 0, 10, 20, 21].map(isWideEnough)).toEqual([true, true, false, false, true]);
  });
});

describe("proxies", () => {
  const env = {
    http_proxy: "proxy:3128",
    HTTPS_PROXY: "http://secure:1",
    no_proxy: "one.example, .two.example three.example:8080 10.0.0.7",
  };
  const through = (url: string) => proxyFor(env)(new URL(url));

  it.each([
    ["http://other.example", "http://proxy:3128"],
    ["https://other.example", "http://secure:1"],
    ["http://one.example", undefined],
    ["http://a.one.example", undefined],
    ["http://another-one.example", "http://proxy:3128"],
    ["http://two.example", undefined],
    ["http://a.two.example", undefined],
    ["http://three.example:8080", undefined],
    ["http://three.example:8081", "http://proxy:3128"],
    ["http://10.0.0.7:9090", undefined],
    ["http://localhost:9090", undefined],
    ["http://127.0.0.1:9090", undefined],
    ["http://[::1]:9090", undefined],
  ])("%s goes through %s", (url, expected) => expect(through(url)).toBe(expected));

  it("a star means everything, an empty variable nothing", () => {
    expect(proxyFor({ http_proxy: "http://p", NO_PROXY: "*" })(new URL("http://x"))).toBeUndefined();
    expect(proxyFor({ http_proxy: "", HTTP_PROXY: "" })(new URL("http://x"))).toBeUndefined();
  });
});

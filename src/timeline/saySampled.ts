import type { Facts } from "./event.ts";

/** "10 calls looked at (expensive, from calls): 3 good, 2 bad" */
export function saySampled({ of, source, calls }: Facts["sampled"]): string {
  const marks = (["good", "bad"] as const).flatMap((mark) => {
    const marked = calls.filter((call) => call.mark === mark).length;
    return marked === 0 ? [] : [`${marked} ${mark}`];
  });
  return `${count(calls.length, "call")} sampled (${of}, from ${source})${marks.length === 0 ? "" : `: ${marks.join(", ")}`}`;
}

export function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}

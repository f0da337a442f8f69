/** One test, or one thing that was looked at. Without a failure it passed. */
export interface Case {
  name: string;
  file?: string;
  line?: number;
  failure?: { message: string; text: string };
}

export interface Suite {
  name: string;
  cases: readonly Case[];
  seconds?: number;
}

/** What build servers read as the result of tests. */
export function renderJunit(suites: readonly Suite[]): string {
  const all = suites.flatMap(({ cases }) => cases);
  const head = tag("testsuites", { tests: all.length, failures: failed(all), time: sum(suites) });
  return ['<?xml version="1.0" encoding="UTF-8"?>', head, ...suites.flatMap(renderSuite), "</testsuites>"].join("\n");
}

function renderSuite({ name, cases, seconds }: Suite): string[] {
  const counts = { tests: cases.length, failures: failed(cases), errors: 0, skipped: 0, time: seconds ?? 0 };
  return [
    `  ${tag("testsuite", { name, ...counts })}`,
    ...cases.flatMap((one) => renderCase(one, name)),
    "  </testsuite>",
  ];
}

function renderCase({ name, file, line, failure }: Case, suite: string): string[] {
  const open = tag("testcase", { name, classname: suite, file, line, time: 0 });
  if (failure === undefined) return [`    ${open.slice(0, -1)}/>`];
  const { message, text } = failure;
  return [`    ${open}`, `      ${tag("failure", { message })}${escape(text)}</failure>`, "    </testcase>"];
}

function failed(cases: readonly Case[]): number {
  return cases.filter(({ failure }) => failure !== undefined).length;
}

function sum(suites: readonly Suite[]): number {
  return suites.reduce((all, { seconds = 0 }) => all + seconds, 0);
}

function tag(name: string, attributes: Record<string, string | number | undefined>): string {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return `<${[name, ...given.map(([key, value]) => `${key}="${escape(String(value)).replaceAll("\n", "&#10;")}"`)].join(" ")}>`;
}

/** XML 1.0 has no way to write these, not even escaped; and lone halves of characters are no text. */
// oxlint-disable-next-line no-control-regex
const impossible = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]|\p{Cs}/gu;

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escape(text: string): string {
  return text.replace(impossible, "").replace(/[&<>"]/g, (found) => entities[found]!);
}

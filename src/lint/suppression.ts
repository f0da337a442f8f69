interface Span {
  start: number;
  end: number;
}

/** A comment that says: what these rules find in the next line is as it should be. Places are offsets. */
export interface Suppression extends Span {
  rules: ({ name: string } & Span)[];
  /** undefined: it suppresses nothing */
  reason: string | undefined;
  /** why, where it is not the reason that is missing */
  wrong?: string;
  /** the line (1-based) that is meant: the next that is no such comment */
  line: number;
  /** how it is written */
  form: string;
}

const forms = {
  yaml: {
    line: /^(?<before>[ \t]*#[ \t]*)(?<said>llmops-disable.*)$/,
    within: /(?:^|\s)#[ \t]*(?<said>llmops-disable-next-line\b.*)$/,
    form: "# llmops-disable-next-line RULE: reason",
  },
  template: {
    line: /^(?<before>[ \t]*\{\{~?!(?:--)?[ \t]*)(?<said>llmops-disable.*)\}\}$/,
    within: /\{\{~?!(?:--)?[ \t]*(?<said>llmops-disable-next-line\b.*)$/,
    form: "{{!-- llmops-disable-next-line RULE: reason --}}",
  },
};

/** All of these comments. In YAML also those inside a block: PromQL and LogQL have the same comments. */
export function suppressionsIn(text: string, language: keyof typeof forms): Suppression[] {
  const { line: whole, within, form } = forms[language];
  const found: Omit<Suppression, "line">[] = [];
  const lines = linesOf(text);
  const meant = new Map<Omit<Suppression, "line">, number>();
  let waiting: Omit<Suppression, "line">[] = [];
  for (const [index, { start, content }] of lines.entries()) {
    const alone = whole.exec(content)?.groups;
    const beside = alone === undefined && content.includes("llmops-disable") ? within.exec(content) : null;
    if (alone !== undefined) {
      const one = { ...readOne(alone["said"]!, start + alone["before"]!.length), form };
      found.push(one);
      waiting.push(one);
      continue;
    }
    for (const one of waiting) meant.set(one, index + 1);
    waiting = [];
    if (beside === null) continue;
    const said = beside.groups!["said"]!;
    const from = start + content.length - said.length;
    const wrong = "this has to stand alone in the line above the one that is meant";
    const one = { start: from, end: from + said.length, rules: [], reason: undefined, wrong, form };
    found.push(one);
    meant.set(one, index + 1);
  }
  return found.map((one) => ({ ...one, line: meant.get(one) ?? lines.length + 1 }));
}

const word = "llmops-disable-next-line";

/** `llmops-disable-next-line a, b: why` */
function readOne(written: string, start: number): Omit<Suppression, "line" | "form"> {
  const said = written.replace(/(--)?~?$/, "").trimEnd();
  const span = { start, end: start + said.length };
  if (!/^llmops-disable-next-line(?![\w-])/.test(said))
    return { ...span, rules: [], reason: undefined, wrong: `this is no ${word}` };
  const colon = said.includes(":") ? said.indexOf(":") : said.length;
  const rules = [...said.slice(word.length, colon).matchAll(/[^\s,]+/g)].map(({ 0: name, index }) => {
    const from = start + word.length + index;
    return { name, start: from, end: from + name.length };
  });
  if (rules.length === 0) return { ...span, rules, reason: undefined, wrong: "this names no rule" };
  return { ...span, rules, reason: said.slice(colon + 1).trim() || undefined };
}

function linesOf(text: string): { start: number; content: string }[] {
  let start = 0;
  return text.split("\n").map((content) => {
    const line = { start, content: content.trimEnd() };
    start += content.length + 1;
    return line;
  });
}

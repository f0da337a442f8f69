import { existsSync } from "node:fs";
import { resolve } from "node:path";

const modules = resolve("test/parts/node_modules");
const core = `${modules}/mermaid/dist/mermaid.core.mjs`;
const purify = `${modules}/dompurify/dist/purify.es.mjs`;
const marked = `${modules}/marked/lib/marked.esm.js`;

export const mermaidIsMissing = !existsSync(core);

export interface Drawn {
  boxes: { id: string; text: string }[];
  arrows: { from: string; to: string; text: string }[];
}

interface Db {
  getVertices(): Map<string, { id: string; text: string }>;
  getEdges(): { start: string; end: string; text: string }[];
}

/** Mermaid's own parser of flowcharts; what it refuses throws. */
export async function readMermaid(text: string): Promise<Drawn> {
  // It cleans HTML for a browser; here is none, and what it parses is compared as it stands.
  const { default: cleaner } = (await import(purify)) as { default: Record<string, unknown> };
  Object.assign(cleaner, { sanitize: (one: string) => one, addHook: () => {} });
  const { default: mermaid } = (await import(core)) as {
    default: {
      parse(text: string): Promise<unknown>;
      mermaidAPI: { getDiagramFromText(text: string): Promise<{ type: string; db: Db }> };
    };
  };
  await mermaid.parse(text);
  const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
  return {
    boxes: [...db.getVertices().values()].map(({ id, text: said }) => ({ id, text: decode(said) })),
    arrows: db.getEdges().map(({ start, end, text: said }) => ({ from: start, to: end, text: decode(said) })),
  };
}

/** Its own marks for the entities of a text, which become HTML when it is drawn. */
function decode(text: string): string {
  return text.replace(/ﬂ°°(\d+)¶ß/g, (_, point: string) => String.fromCodePoint(Number(point)));
}

/** Markdown as GitHub's dialect has it, as HTML. */
export async function renderMarkdown(text: string): Promise<string> {
  const { parse } = (await import(marked)) as { parse(text: string, options: { gfm: true }): string };
  return parse(text, { gfm: true });
}

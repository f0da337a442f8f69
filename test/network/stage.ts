import { expect } from "vitest";
import { openConfigApi, type Behaviour, type ConfigApi, type Exchange, type Scripted } from "../torture/configApi.ts";
import { openPlace, projectOn, type Ended, type Place } from "../torture/place.ts";

export const before = '{"max_tokens": 4096, "tenant": 12345678901234567890, "x": 1e400, "enabled": true}';
export const after = before.replace("4096", "512");
export const path = "/routes/support.reply";
export const token = "canary-7f3a-s3cret";

export const open: (() => unknown)[] = [];

/** Closes what `stage` opened, for `afterEach`. */
export async function closeAll(): Promise<void> {
  for (const close of open.splice(0)) await close();
}

interface Set extends Omit<Scripted, "documents" | "script"> {
  documents?: Record<string, string>;
  /** on a write, or on the nth read */
  write?: Behaviour;
  script?: (exchange: Exchange, api: ConfigApi) => Behaviour | undefined;
  /** added to the project */
  more?: string;
  /** added below the URL of the target */
  target?: string;
}

export async function stage(set: Set = {}): Promise<{ api: ConfigApi; place: Place }> {
  const { write, script, documents = { [path]: before }, more = "", target, ...rest } = set;
  const made: { place?: Place } = {};
  const api: ConfigApi = await openConfigApi({
    documents,
    script: (exchange) => script?.(exchange, api) ?? (exchange.write > 0 ? write : undefined),
    witness: () => made.place!.timeline(),
    ...rest,
  });
  const url = `url: "${api.url}"\n`;
  const authorized = `${url}      headers: { authorization: { env: CONFIG_TOKEN } }\n${target ?? ""}`;
  const place = openPlace(projectOn(api.url, more).replace(url, authorized));
  made.place = place;
  open.push(() => api.close(), place.remove);
  return { api, place };
}

export const argv = "mitigate token-clamp --scope route=support.reply --reason test --yes --wait none".split(" ");
export const clamp = (place: Place, ...more: string[]) =>
  place.llmops([...argv, ...more], { env: { CONFIG_TOKEN: token } });

/** What holds after every case. */
export function holds({ api, place }: { api: ConfigApi; place: Place }, ended: Ended): void {
  const timeline = place.timeline();
  // I2: the intent is durable before its write; I10: one write for each intent
  for (const write of api.writes()) expect(write.witnessed).toContain('"type":"intended"');
  const intents = timeline.match(/"type":"intended"/g)?.length ?? 0;
  expect(api.writes().length).toBeLessThanOrEqual(intents);
  // I1: what is called applied is there
  const applied = /"type":"read-back".*"as":"applied"/.test(timeline);
  if (applied) expect(api.documents.get(path)).toBe(after);
  if (ended.code === 0) expect(applied).toBe(true);
  for (const text of [ended.stdout, ended.stderr, timeline]) {
    expect(text).not.toContain(token);
    // I5
    // oxlint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]/);
    expect(text).not.toMatch(/UND_ERR|HPE_|ECONN|\bat .*\.(ts|cjs):\d|undici/);
  }
  // I8
  if (ended.code !== 0) {
    expect(ended.stderr).toMatch(/production changed: +(no|unknown)/);
    expect(ended.stderr).toMatch(/next: /);
  }
}

export const words = (text: string) => text.replaceAll(/\s+/g, " ");

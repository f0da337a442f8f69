import { isMissing, startDaemon } from "./daemon.ts";

export const etcdIsMissing = isMissing("etcd");

export interface RealEtcd {
  url: string;
  /** POST /v3/PATH, as whoever the token says */
  call(path: string, body: object, token?: string): Promise<Record<string, unknown>>;
  /** from now on the others here are that user */
  login(name: string, password: string): Promise<void>;
  put(key: string, text: string, more?: object): Promise<void>;
  /** undefined: there is no such key */
  get(key: string): Promise<{ text: string; lease: string | undefined; mod: string } | undefined>;
  /** every key below a prefix with its text, as one text */
  dump(prefix: string): Promise<string>;
  /** grows by one with each change that the server makes */
  revision(): Promise<number>;
  stop(): Promise<void>;
}

export const base64 = (text: string) => Buffer.from(text, "utf8").toString("base64");
const plain = (text: string | undefined) => Buffer.from(text ?? "", "base64").toString("utf8");

interface Kv {
  key: string;
  value?: string;
  lease?: string;
  mod_revision: string;
}

/** Debian's etcd on loopback, alone. */
export async function startEtcd(...more: string[]): Promise<RealEtcd> {
  const { url, stop } = await startDaemon(
    "etcd",
    ({ folder, ports: [client, peer] }) => ({
      url: `http://127.0.0.1:${client}`,
      argv: [
        `--data-dir=${folder}/data`,
        `--listen-client-urls=http://127.0.0.1:${client}`,
        `--advertise-client-urls=http://127.0.0.1:${client}`,
        `--listen-peer-urls=http://127.0.0.1:${peer}`,
        `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
        `--initial-cluster=default=http://127.0.0.1:${peer}`,
        ...more,
      ],
    }),
    async (at) => (await (await fetch(`${at}/health`)).text()).includes('"true"'),
  );
  let own: string | undefined;
  const call: RealEtcd["call"] = async (path, body, token = own) => {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: token };
    const answer = await fetch(`${url}/v3/${path}`, { method: "POST", body: JSON.stringify(body), headers });
    const said = (await answer.json()) as Record<string, unknown>;
    if (!answer.ok) throw new Error(`${path}: ${JSON.stringify(said)}`);
    return said;
  };
  const range = async (body: object) => ((await call("kv/range", body))["kvs"] ?? []) as Kv[];
  return {
    url,
    call,
    async login(name, password) {
      own = (await call("auth/authenticate", { name, password }))["token"] as string;
    },
    put: async (key, text, also) => void (await call("kv/put", { key: base64(key), value: base64(text), ...also })),
    async get(key) {
      const [kv] = await range({ key: base64(key) });
      return kv && { text: plain(kv.value), lease: kv.lease, mod: kv.mod_revision };
    },
    async dump(prefix) {
      const end = base64(prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1));
      const kvs = await range({ key: base64(prefix), range_end: end });
      return kvs.map((kv) => `${plain(kv.key)}=${plain(kv.value)}`).join("\n");
    },
    async revision() {
      const { header } = (await call("kv/range", { key: base64("x") })) as { header: { revision: string } };
      return Number(header.revision);
    },
    stop,
  };
}

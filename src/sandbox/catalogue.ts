/** Who and what there is in the simulated product. All names are made up but those of models; prices are examples. */

export interface Model {
  provider: string;
  /** who serves the same model too */
  standby: string;
  /** what the provider says it served */
  reported: string;
  /** USD for one million tokens */
  price: { prompt: number; completion: number };
  ttftMs: number;
  msPerToken: number;
}

export const models: Record<string, Model> = {
  "gpt-4o": {
    provider: "openai",
    standby: "azure",
    reported: "gpt-4o-2024-11-20",
    price: { prompt: 2.5, completion: 10 },
    ttftMs: 320,
    msPerToken: 5,
  },
  "gpt-4o-mini": {
    provider: "openai",
    standby: "azure",
    reported: "gpt-4o-mini-2024-07-18",
    price: { prompt: 0.15, completion: 0.6 },
    ttftMs: 220,
    msPerToken: 3.5,
  },
  "claude-3-5-haiku": {
    provider: "anthropic",
    standby: "bedrock",
    reported: "claude-3-5-haiku-20241022",
    price: { prompt: 0.8, completion: 4 },
    ttftMs: 260,
    msPerToken: 4,
  },
};

export const providers = [...new Set(Object.values(models).map((model) => model.provider))];
export const allProviders = [...new Set(Object.values(models).flatMap(({ provider, standby }) => [provider, standby]))];

export interface Route {
  /** part of all calls */
  share: number;
  model: string;
  promptVersion: string;
  owner: string;
  criticality: 1 | 2 | 3;
  /** medians, in tokens */
  prompt: number;
  completion: number;
  streams: boolean;
  /** part of the calls that the cache can answer */
  cacheable: number;
  /** part of the prompt that is retrieved documents */
  retrieved: number;
  /** tool → what is asked that it is for */
  tools: Readonly<Record<string, string>>;
  asks: readonly string[];
  answers: readonly string[];
}

export const routes: Record<string, Route> = {
  "support.reply": {
    share: 0.4,
    model: "gpt-4o",
    promptVersion: "v14",
    owner: "support",
    criticality: 1,
    prompt: 350,
    completion: 380,
    streams: true,
    cacheable: 0.1,
    retrieved: 0,
    tools: { track_parcel: "Where is my parcel?", change_address: "How do I change the delivery address?" },
    asks: ["Where is my parcel?", "How do I change the delivery address?", "The charger stopped working."],
    answers: [
      "It left the warehouse this morning.",
      "Open Orders, then Address.",
      "Please hold the button for 10 seconds.",
    ],
  },
  "search.answer": {
    share: 0.24,
    model: "claude-3-5-haiku",
    promptVersion: "v7",
    owner: "search",
    criticality: 2,
    prompt: 900,
    completion: 140,
    streams: true,
    cacheable: 0.5,
    retrieved: 0.7,
    tools: {},
    asks: ["Which lamp fits the E14 socket?", "Do you have waterproof gloves?", "Return policy for opened games?"],
    answers: ["Model L-20 fits E14 [1].", "Yes, three pairs [2].", "Opened games can be returned within 14 days [1]."],
  },
  "chat.free": {
    share: 0.2,
    model: "gpt-4o-mini",
    promptVersion: "v3",
    owner: "growth",
    criticality: 3,
    prompt: 300,
    completion: 220,
    streams: true,
    cacheable: 0.3,
    retrieved: 0,
    tools: {},
    asks: ["Tell me about the new collection.", "What can I cook with leeks?", "Write a birthday greeting."],
    answers: ["It was made from recycled wool.", "A soup with potatoes, for instance.", "Many happy returns!"],
  },
  "summarize.doc": {
    share: 0.1,
    model: "claude-3-5-haiku",
    promptVersion: "v5",
    owner: "documents",
    criticality: 3,
    prompt: 3000,
    completion: 300,
    streams: false,
    cacheable: 0.2,
    retrieved: 0,
    tools: {},
    asks: ["Summarize the attached contract.", "Summarize the meeting notes."],
    answers: ["The contract runs for two years.", "Three decisions were taken."],
  },
  "agent.research": {
    share: 0.06,
    model: "claude-3-5-haiku",
    promptVersion: "v21",
    owner: "labs",
    criticality: 2,
    prompt: 2500,
    completion: 450,
    streams: false,
    cacheable: 0,
    retrieved: 0.4,
    tools: { web_search: "Find suppliers in the region." },
    asks: ["Compare the three offers.", "Find suppliers in the region."],
    answers: ["Offer two is the cheapest over three years.", "Four suppliers were found."],
  },
};

export const routeNames = Object.keys(routes);

export interface Tenant {
  name: string;
  tier: "enterprise" | "pro" | "free";
  region: "eu1" | "us1";
  flags: string | null;
}

/** One big customer, three known ones, and many small ones. */
export const tenants: Tenant[] = Array.from({ length: 40 }, (_, i) => ({
  name: ["acme", "globex", "initech", "umbrella"][i] ?? `tenant-${String(i + 1).padStart(2, "0")}`,
  tier: i < 4 ? "enterprise" : i < 16 ? "pro" : "free",
  region: i % 3 === 1 ? "us1" : "eu1",
  flags: i % 5 === 0 ? "rerank" : null,
}));

export interface User {
  id: string;
  tenant: Tenant;
}

/** 2,000 users; the first tenant has 45 % of them, the others ever fewer. */
export const users: User[] = Array.from({ length: 2000 }, (_, i) => ({
  id: `u-${String(i).padStart(4, "0")}`,
  tenant: tenants[i < 900 ? 0 : 1 + Math.floor(39 * ((i - 900) / 1100) ** 2)]!,
}));

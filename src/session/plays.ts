/** How a demo plays a runbook when nobody is at the keyboard, and who mends the cause meanwhile. */
export interface Play {
  /** step id → answer, as in an answers file */
  answers: Record<string, string>;
  /** when this step begins, the owner of the cause acts */
  mended: { at: string; says: string };
}

export const plays: Record<string, Play> = {
  "cost-spike": {
    answers: { cause: "inflation", where: "support.reply", clamp: "apply", fix: "done", home: "apply" },
    mended: { at: "fix", says: "the owner of support.reply takes back prompt v15" },
  },
  "provider-outage": {
    answers: {
      cause: "down",
      where: "support.reply",
      over: "apply",
      "retries-down": "apply",
      "fail-fast": "done",
      ticket: "done",
      freeze: "done",
      back: "recovered",
      home: "apply",
      thaw: "done",
    },
    mended: { at: "back", says: "the provider is back" },
  },
  "quality-regression": {
    answers: {
      how: "broad",
      cause: "model",
      tools: "done",
      swap: "apply",
      pin: "done",
      flush: "done",
      trace: "apply",
      exam: "done",
      home: "apply",
      "tools-back": "done",
    },
    mended: { at: "pin", says: "the owner of search.answer pins the last good model" },
  },
  "safety-violation": {
    answers: {
      what: "harmful",
      where: "chat.free",
      stop: "apply",
      keep: "done",
      filter: "done",
      proven: "done",
      home: "apply",
    },
    mended: { at: "filter", says: "the input filter knows the jailbreak now" },
  },
  "latency-spike": {
    answers: { cause: "model", where: "support.reply", faster: "apply", fix: "done", home: "apply" },
    mended: { at: "fix", says: "the provider serves the slow model at its usual speed again" },
  },
};

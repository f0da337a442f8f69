import { describe, expect, it } from "vitest";
import { parseDocument } from "../../src/document/document.ts";
import { lint } from "../../src/lint/lint.ts";
import { destructiveCommand } from "../../src/lint/safety/destructiveCommand.ts";
import { shellInterpolation } from "../../src/lint/safety/shellInterpolation.ts";
import { uncounted } from "../../src/lint/safety/uncounted.ts";
import { renderFindings } from "../../src/show/findings.ts";
import { marked } from "./about.ts";

const V = "for: 1h, verify: { burn: healthy }, within: 5m";
const evidence = "evidence: { burn: cost_per_hour, users: { signal: cost_per_hour, by: user } }\n";
const steps = (...all: string[]) => `scope: [route]\n${evidence}steps:\n${all.map((one) => `  - ${one}\n`).join("")}`;
const instruct = (text: string) => steps(`{ id: i, title: I, instruct: ${JSON.stringify(text)} }`);
const run = (...argv: string[]) => steps(`{ id: r, title: R, run: { command: ${JSON.stringify(argv)} } }`);
const help = "{ id: help, title: H, escalate: { level: 2 } }";
const stop = `{ id: stop, title: S, mitigate: { do: kill-switch, ${V} } }`;
const calm = "{ id: calm, title: C, wait: { until: { burn: healthy }, within: 5m } }";

type Case = [name: string, text: string, marks: string[]];

describe.each<[rule: string, cases: Case[]]>([
  [
    "no-verify",
    [
      ["a clamp", steps("{ id: c, title: C, mitigate: { do: token-clamp, for: 1h } }", help), ["mitigate"]],
      ["a kill switch", steps("{ id: c, title: C, mitigate: { do: kill-switch, for: 1h } }", help), ["mitigate"]],
      ["a prompt", steps("{ id: c, title: C, mitigate: { do: prompt-rollback, for: 1h } }", help), ["mitigate"]],
      ["with one", steps(`{ id: c, title: C, mitigate: { do: token-clamp, ${V} } }`, help), []],
      ["what helps no figure", steps("{ id: c, title: C, mitigate: { do: trace-sampling, for: 1h } }", help), []],
      ["a freeze", steps("{ id: c, title: C, mitigate: { do: deploy-freeze, for: 1h } }", help), []],
    ],
  ],
  [
    "no-end",
    [
      [
        "a clamp",
        steps("{ id: c, title: C, mitigate: { do: token-clamp, verify: { burn: healthy } } }", help),
        ["mitigate"],
      ],
      ["a block", steps("{ id: c, title: C, mitigate: { do: block, verify: { burn: healthy } } }", help), ["mitigate"]],
      ["a freeze", steps("{ id: c, title: C, mitigate: { do: deploy-freeze } }", help), ["mitigate"]],
      ["with one", steps(`{ id: c, title: C, mitigate: { do: token-clamp, ${V} } }`, help), []],
      ["an instruction", instruct("Clamp it."), []],
      [
        "an undo",
        steps(
          `{ id: c, title: C, mitigate: { do: cache, ${V} } }`,
          calm,
          "{ id: u, title: U, when: { calm: reached }, undo: c }",
          help,
        ),
        [],
      ],
    ],
  ],
  [
    "wider-than-scope",
    [
      [
        "a tenant of an incident about a route",
        steps(`{ id: b, title: B, mitigate: { do: block, on: tenant, ${V} } }`, help),
        ["tenant"],
      ],
      [
        "one of two",
        steps(`{ id: b, title: B, mitigate: { do: rate-limit, on: [route, user], ${V} } }`, help),
        ["[route, user]"],
      ],
      ["off without a scope", `${evidence}steps:\n  - ${stop}\n  - ${help}\n`, ["kill-switch"]],
      [
        "picked only below",
        steps(
          `{ id: b, title: B, mitigate: { do: block, on: user, ${V} } }`,
          "{ id: w, title: W, ask: { question: Who?, pick: users } }",
          help,
        ),
        ["user"],
      ],
      [
        "picked above",
        steps(
          "{ id: w, title: W, ask: { question: Who?, pick: users } }",
          `{ id: b, title: B, mitigate: { do: block, on: user, ${V} } }`,
          help,
        ),
        [],
      ],
      ["in the scope", steps(`{ id: b, title: B, mitigate: { do: kill-switch, on: route, ${V} } }`, help), []],
      [
        "a freeze is for all",
        `${evidence}steps:\n  - { id: f, title: F, mitigate: { do: deploy-freeze, for: 1h } }\n  - ${help}\n`,
        [],
      ],
      [
        "a clamp asks for what its lever needs",
        `${evidence}steps:\n  - { id: c, title: C, mitigate: { do: token-clamp, ${V} } }\n  - ${help}\n`,
        [],
      ],
    ],
  ],
  [
    "unproven-return",
    [
      ["at once", steps(stop, help, "{ id: u, title: U, undo: stop }"), ["stop"]],
      ["because it worked", steps(stop, help, "{ id: u, title: U, when: { stop: helped }, undo: [stop] }"), ["stop"]],
      [
        "after a wait that may have timed out",
        steps(stop, calm, help, "{ id: u, title: U, when: { calm: [reached, timed-out] }, undo: stop }"),
        ["stop"],
      ],
      [
        "one alternative proves nothing",
        steps(
          stop,
          calm,
          help,
          "{ id: u, title: U, when: { any: [{ calm: reached }, { stop: helped }] }, undo: stop }",
        ),
        ["stop"],
      ],
      ["after a wait", steps(stop, calm, help, "{ id: u, title: U, when: { calm: reached }, undo: stop }"), []],
      [
        "after a question",
        steps(
          stop,
          "{ id: q, title: Q, ask: { question: Is it safe?, choices: { safe: It is, unsafe: Not yet } } }",
          help,
          "{ id: u, title: U, when: { q: safe }, undo: stop }",
        ),
        [],
      ],
      [
        "after a fix",
        steps(
          stop,
          "{ id: f, title: F, instruct: Mend it. }",
          help,
          "{ id: u, title: U, when: { f: done }, undo: stop }",
        ),
        [],
      ],
      [
        "a clamp may come back by itself",
        steps(`{ id: c, title: C, mitigate: { do: token-clamp, ${V} } }`, help, "{ id: u, title: U, undo: c }"),
        [],
      ],
    ],
  ],
  [
    "retry-storm",
    [
      [
        "a failover without a cap",
        steps(`{ id: f, title: F, mitigate: { do: provider-failover, ${V} } }`, help),
        ["provider-failover"],
      ],
      [
        "the cap comes later",
        steps(
          `{ id: f, title: F, mitigate: { do: fallback-chain, ${V} } }`,
          `{ id: r, title: R, mitigate: { do: retry-cap, ${V} } }`,
          help,
        ),
        ["fallback-chain"],
      ],
      [
        "the cap is on another way",
        steps(
          "{ id: q, title: Q, ask: { question: Q?, choices: { a: A, b: B } } }",
          `{ id: r, title: R, when: { q: a }, mitigate: { do: retry-cap, ${V} } }`,
          `{ id: f, title: F, when: { q: b }, mitigate: { do: provider-failover, ${V} } }`,
          help,
        ),
        ["provider-failover"],
      ],
      [
        "no jitter",
        steps(
          `{ id: r, title: R, mitigate: { do: retry-backoff, with: { base: 1s, max: 9s, jitter: false }, ${V} } }`,
          help,
        ),
        ["false"],
      ],
      ["more retries", instruct("Increase max_retries to 10."), ["Increase max_retries"]],
      [
        "a cap before it",
        steps(
          `{ id: r, title: R, mitigate: { do: retry-cap, ${V} } }`,
          `{ id: f, title: F, mitigate: { do: provider-failover, ${V} } }`,
          help,
        ),
        [],
      ],
      [
        "a breaker before it",
        steps(
          `{ id: r, title: R, mitigate: { do: circuit-breaker, ${V} } }`,
          `{ id: f, title: F, mitigate: { do: provider-failover, ${V} } }`,
          help,
        ),
        [],
      ],
      ["another model of one provider", steps(`{ id: f, title: F, mitigate: { do: model-switch, ${V} } }`, help), []],
      ["fewer retries", instruct("Lower max_retries to 1, with backoff and jitter."), []],
    ],
  ],
  [
    "shell-interpolation",
    [
      ["J04: ssh", run("ssh", "-i", "key", "worker", "pkill -f {user}"), ["{user}"]],
      ["J04: python", run("python3", "-c", "end('{user}')"), ["{user}"]],
      ["J04: a database", run("psql", "jobs", "-c", "delete from x where u = '{user}'"), ["{user}"]],
      ["J04: node", run("node", "-e", "end('{route}')"), ["{route}"]],
      ["an argument of a script", run("./end.sh", "--user", "{user}"), []],
      ["an argument behind a shell's script", run("sh", "-c", 'exec end "$1"', "sh", "{user}"), []],
      ["a script without a value", run("bash", "-c", "kubectl get pods | wc -l"), []],
      ["a file that is run by python", run("python3", "end.py", "{user}"), []],
    ],
  ],
  [
    "destructive-command",
    [
      ["rm", run("rm", "-rf", "/var/lib/queue"), ['["rm","-rf","/var/lib/queue"]']],
      [
        "kubectl",
        run("kubectl", "-n", "ai", "delete", "pods", "--all"),
        ['["kubectl","-n","ai","delete","pods","--all"]'],
      ],
      ["inside a shell", run("sh", "-c", "psql -c 'DROP TABLE jobs'"), [`["sh","-c","psql -c 'DROP TABLE jobs'"]`]],
      ["terraform", run("terraform", "-chdir=x", "destroy"), ['["terraform","-chdir=x","destroy"]']],
      ["a restart", run("kubectl", "rollout", "restart", "deployment/gateway"), []],
      ["a name that only looks like one", run("./confirm.sh", "--force", "deleted-users.txt"), []],
      ["reading", run("aws", "s3", "ls", "s3://logs"), []],
      ["it says so", steps("{ id: r, title: R, run: { command: [rm, -rf, /tmp/queue], irreversible: true } }"), []],
    ],
  ],
  [
    "uncounted",
    [
      ["a step", steps("{ id: r, title: R, run: { command: [./end.sh], irreversible: true } }"), ["irreversible"]],
      [
        "with an argument",
        steps('{ id: r, title: R, run: { command: [./end.sh, "{route}"], irreversible: true } }'),
        ["irreversible"],
      ],
      [
        "the second of two",
        steps(
          "{ id: a, title: A, run: end-jobs }",
          "{ id: r, title: R, run: { irreversible: true, command: [./end.sh] } }",
        ),
        ["irreversible"],
      ],
      ["what can be undone", run("./end.sh"), []],
      ["an action of the project", steps("{ id: r, title: R, run: end-jobs }"), []],
      [
        "it says that it can be undone",
        steps("{ id: r, title: R, run: { command: [./end.sh], irreversible: false } }"),
        [],
      ],
    ],
  ],
  [
    "placeholder",
    [
      ["a commit", instruct("git revert <commit> && git push"), ["<commit>"]],
      ["a name in capitals", run("kubectl", "-n", "YOUR_NAMESPACE", "get", "pods"), ["YOUR_NAMESPACE"]],
      ["to do", instruct("TODO: who owns this?"), ["TODO"]],
      ["changeme", run("./end.sh", "--token", "changeme"), ["changeme"]],
      ["braces twice", run("./end.sh", "{{route}}"), ["{{route}}"]],
      ["a variable of a shell", run("./end.sh", "$route"), ["$route"]],
      ["no dimension", run("./end.sh", "{service}"), ["{service}"]],
      [
        "an address of an example",
        steps("{ id: i, title: I, instruct: { say: Read it., links: [https://wiki.example.com/llm] } }"),
        ["https://wiki.example.com"],
      ],
      ["a scope in a sentence", instruct("Look at {route}."), ["{route}"]],
      ["a dimension", run("./end.sh", "{route}"), []],
      ["a comparison", instruct("Is it < 20 and > 3? Then look at <https://status.internal>."), []],
      ["JSON and paths", run("kubectl", "get", "pods", "-o", "jsonpath={.items}"), []],
      ["a variable of a secret", instruct("Call it with $GATEWAY_KEY; todo lists are elsewhere."), []],
      ["awk", run("awk", "{print}", "jobs.txt"), []],
    ],
  ],
  [
    "secret",
    [
      [
        "a key in a header",
        instruct("curl -H 'Authorization: Bearer sk-proj-4f9aK2mQ7xR1tZ8vB3nL6wYc'"),
        ["sk-proj-4f9aK2mQ7xR1tZ8vB3nL6wYc"],
      ],
      ["a password in a link", instruct("psql postgres://oncall:hunter2hunter2@db/jobs"), ["hunter2hunter2"]],
      ["in a comment", `${instruct("Look.")}# ghp_${"a1B2".repeat(9)}\n`, [`ghp_${"a1B2".repeat(9)}`]],
      ["a variable", instruct("curl -H 'Authorization: Bearer $GATEWAY_KEY'"), []],
      ["where it is", instruct("token: { env: GATEWAY_KEY }"), []],
      ["a digest and a commit", instruct("sha256:9f86d081884c7d659a2feaa0c55ad015, revert 1f2e3d4c"), []],
    ],
  ],
  [
    "captured-text",
    [
      [
        "grouped by prompts",
        `scope: [route]\nevidence: { e: { promql: "sum by (route, prompt) (rate(x_total[5m]))" } }\nsteps:\n  - ${help}\n`,
        ["by (route, prompt)"],
      ],
      [
        "one of the answers",
        `scope: [route]\nevidence: { e: { sql: "any_value(response_snapshot)" } }\nsteps:\n  - ${help}\n`,
        ["any_value(response_snapshot"],
      ],
      [
        "pasted",
        instruct("Paste three of the answers into the ticket."),
        ["Paste three of the answers into the ticket"],
      ],
      ["attached", instruct("Attach the conversation to the thread."), ["Attach the conversation to the thread"]],
      [
        "grouped by versions",
        `scope: [route]\nevidence: { e: { promql: "sum by (prompt_version) (rate(x_total[5m]))" } }\nsteps:\n  - ${help}\n`,
        [],
      ],
      [
        "their length",
        `scope: [route]\nevidence: { e: { sql: "avg(length(prompt_snapshot))" } }\nsteps:\n  - ${help}\n`,
        [],
      ],
      ["ids", instruct("Note ids of calls, never their text; put no prompts into the ticket."), []],
      [
        "a sentence of the system prompt",
        instruct("Add one plain sentence to the system prompt; keep it in the note."),
        [],
      ],
    ],
  ],
])("%s", (rule, cases) => {
  it.each(cases)("%s", (_, text, marks) => expect(marked(rule, text)).toEqual(marks));
});

it.each([
  ["counted", "command: [rm, -rf, /tmp/queue]\n    irreversible: true\n    count: [ls, /tmp/queue]", []],
  ["not counted", "command: [./end.sh]\n    irreversible: true", ["uncounted"]],
  ["under the name of its kind", "command: { command: [./end.sh], irreversible: true }", ["uncounted"]],
  ["not said to be for good", "command: [rm, -rf, /tmp/queue]\n    count: [ls, /tmp/queue]", ["destructive-command"]],
  ["a value for ssh", 'command: [ssh, worker, "pkill {user}"]', ["shell-interpolation"]],
])("an action of a project: %s", (_, action, rules) => {
  const { document } = parseDocument(`actions:\n  end:\n    ${action}\n`, "llmops.yaml");
  const broken = [shellInterpolation, destructiveCommand, uncounted].filter(({ check }) => {
    let found = 0;
    check(document!, { runbooks: [] }, () => found++);
    return found > 0;
  });
  expect(broken.map(({ name }) => name)).toEqual(rules);
});

it("K01: no report shows the secret that it found, nor one beside another finding", () => {
  const key = "sk-proj-4f9aK2mQ7xR1tZ8vB3nL6wYc";
  const text = `id: a\ntitle: A\nclass: cost\nseverity: SEV2\nsummary: A.\n${instruct(`TODO: call it with ${key}`)}`;
  const findings = lint([{ file: "a.yaml", text }]);
  expect(findings.map(({ rule }) => rule)).toEqual(expect.arrayContaining(["secret", "placeholder"]));
  const texts = new Map([["a.yaml", text]]);
  for (const format of ["text", "json", "jsonl", "github", "sarif", "junit", "checkstyle"] as const)
    expect(renderFindings({ findings, texts }, format)).not.toContain(key);
});

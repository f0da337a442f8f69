import { parseDocument } from "../../src/document/document.ts";
import { conforms, type Conforming } from "./conform.ts";
import { openRemote, openTarget } from "./gitRemote.ts";

const yaml = `# who is on call changes this
routes:
  support.reply: # the busiest one
    enabled: true
    model: gpt-4o
    max_tokens: 4096
    big: 12345678901234567890
blocked: []
`;

async function open(): Promise<Conforming> {
  const remote = openRemote({ "routes.yaml": yaml, "README.md": "x\n" });
  const writes = remote.count();
  let before: (() => Promise<void>) | undefined;
  const target = openTarget(
    remote,
    {},
    {
      around: (exec) => async (argv, options) => {
        const work = argv.includes("push") ? before : undefined;
        if (work !== undefined) {
          before = undefined;
          await work();
        }
        return exec(argv, options);
      },
    },
  );
  let others = 0;
  const live = () => parseDocument(remote.text("routes.yaml"), "routes.yaml").document!.value as typeof shape;
  const shape = { routes: { "support.reply": { max_tokens: 4096 } } };
  return {
    target,
    scope: { route: "support.reply" },
    live: async () => live().routes["support.reply"].max_tokens,
    beside: async () =>
      remote.text("routes.yaml").replace(/(enabled|model|max_tokens): .*/g, "$1") +
      remote.run(remote.bare, "ls-tree", "main", "README.md"),
    async other(value) {
      const now = remote.text("routes.yaml");
      remote.push({ "routes.yaml": now.replace(/max_tokens: \d+/, `max_tokens: ${value}`) });
      others++;
    },
    before: (work) => (before = work),
    writes: () => writes() - others,
    close: async () => remote.close(),
  };
}

conforms("git", open);

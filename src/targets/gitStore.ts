import { readAt, type Format } from "../document/edit.ts";
import { sayDuration } from "../duration.ts";
import { harmless, shorten } from "../harmless.ts";
import type { Git } from "../world/git.ts";
import type { World } from "../world/world.ts";
import { entryAt, readTip, sayBranch, type Ask, type Branch } from "./gitBranch.ts";
import { isNobody, makeCommit, nobody, ownName } from "./gitCommit.ts";
import { judgePush, pushOf } from "./gitPush.ts";
import type { KeyValue } from "./keyValue.ts";

interface Settings extends Omit<Branch, "where"> {
  cwd: string;
  /** of one talk with the remote, ms */
  deadline: number;
  format: Format;
}

/** ms for what is done on this machine alone */
const localMs = 10_000;

/** One file at the tip of a remote branch; its levers are pointers into it, so there is one address. */
export function openGitStore(set: Settings, git: Git, world: World): KeyValue {
  const { clock } = world;
  const where = shorten(set.cwd, 120);
  const branch: Branch = { ...set, where };
  const says = `${sayBranch(branch)}, ${harmless(set.file)}`;

  /** what is asked from then on may be what became of it */
  let sent = false;

  /** Several calls that have so long together. */
  function within(ms: number, lasts?: "write" | "read"): Ask {
    const end = clock.monotonic() + ms * clock.speed;
    return (args, input) => {
      const timeoutMs = Math.max(1, Math.ceil((end - clock.monotonic()) / clock.speed));
      return git(args, {
        timeoutMs,
        ...(input === undefined ? {} : { input }),
        ...(lasts === undefined ? {} : { lasts }),
      });
    };
  }

  async function identityOf(commit: string, ask: Ask): Promise<string> {
    const { stdout } = await ask(["log", "-1", "--no-show-signature", "--encoding=UTF-8", "--format=%ct%n%an", commit]);
    const [time, author = ""] = stdout.split("\n");
    const age = clock.now() - Number(time) * 1000;
    const when = Number.isNaN(age) ? "" : ` ${sayDuration(age)} ago`;
    return `${sayBranch(branch)}, commit ${commit.slice(0, 8)} by ${shorten(author, 60) || "nobody"}${when}`;
  }

  return {
    kind: "git",
    says,
    format: set.format,
    encode: (value) => value,
    async get() {
      const ask = within(set.deadline, sent ? "read" : undefined);
      const tip = await readTip(branch, ask);
      if ("error" in tip) return tip;
      const signs = await ask(["config", "--type=bool", "--get", "commit.gpgSign"]);
      const unsigned = `the commit will not be signed, though commit.gpgSign is set in ${where}`;
      const notes = signs.stdout.trim() === "true" ? { notes: [unsigned] } : {};
      return { text: tip.text, version: tip.commit, identity: await identityOf(tip.commit, ask), ...notes };
    },
    async put({ text, ...put }) {
      if (text === null) return { refused: true, why: "a whole file is never taken away" };
      const ask = within(localMs);
      const tip = await entryAt(put.version!, branch, ask);
      if ("error" in tip) return { refused: true, why: tip.error };
      const made = await makeCommit({ ...put, text }, tip, set.file, ask);
      if ("why" in made) return { refused: true, ...made };
      if (world.interrupted.aborted) return { refused: true, why: "interrupted before it was sent" };
      sent = true;
      const pushed = await within(set.deadline, "write")(pushOf(made.commit, branch));
      return judgePush(pushed, made.commit, branch, { incident: put.cause.incident, change: put.planned.id });
    },
    list: async () => [],
    async check() {
      const began = clock.monotonic();
      const ask = within(set.deadline);
      const answer = (ok: boolean, say: string) => ({ ok, say, ms: (clock.monotonic() - began) / clock.speed });
      const tip = await readTip(branch, ask);
      if ("error" in tip) return answer(false, tip.error);
      const read = readAt(tip.text, set.format, "");
      if ("error" in read) return answer(false, `${says}: ${read.error}`);
      const who = await ask([...ownName, "var", "GIT_COMMITTER_IDENT"]);
      if (who.code !== 0 && isNobody(who.stderr)) return answer(false, `${nobody.why}: ${nobody.next}`);
      return answer(true, `${await identityOf(tip.commit, ask)}, write not tried`);
    },
  };
}

import { describe, expect, it, vi } from "vitest";
import { openSpeaker } from "../../src/engine/speaker.ts";
import { told } from "../../src/engine/patience.ts";
import { fakeWorld } from "../fake/world.ts";

/** A terminal that writes down which of its lines stand there, and a wait that ends when it is told to. */
function room() {
  const seen: string[] = [];
  const world = fakeWorld();
  world.terminal.waiting = async (text, work) => {
    seen.push(`${text} begins`);
    await work.catch(() => {});
    seen.push(`${text} ends`);
    return work;
  };
  return { seen, room: { world, speaker: openSpeaker((line) => void seen.push(String(line))) } };
}

function pending<T>() {
  let end!: (value: T) => void;
  let fail!: (why: Error) => void;
  const work = new Promise<T>((resolve, reject) => ([end, fail] = [resolve, reject]));
  return { work, end, fail };
}

describe("what is waited for at the same time", () => {
  it("is one line, until the last of it is there", async () => {
    const { seen, room: at } = room();
    const [one, two, three] = [pending<number>(), pending<number>(), pending<number>()];
    const all = [one, two, three].map(({ work }) => told("measured", work, at));
    one.end(1);
    expect(await Promise.race([all[0], two.work, Promise.resolve("still told")])).toBe("still told");
    expect(seen).toEqual(["measured begins"]);
    three.end(3);
    two.fail(new Error("no answer"));
    expect(await Promise.allSettled(all)).toMatchObject([
      { value: 1 },
      { reason: { message: "no answer" } },
      { value: 3 },
    ]);
    expect(seen).toEqual(["measured begins", "measured ends"]);
  });

  it("names who is left when the first is there, and nobody twice", async () => {
    const { seen, room: at } = room();
    const [fast, slow] = [pending<string>(), pending<string>()];
    const all = [told("gateway", fast.work, at), told("limits", slow.work, at)];
    fast.end("a");
    await vi.waitUntil(() => seen.includes("limits begins"));
    slow.end("b");
    expect(await Promise.all(all)).toEqual(["a", "b"]);
    expect(seen).toEqual(["gateway begins", "gateway ends", "limits begins", "limits ends"]);
    await told("later", Promise.resolve(1), at);
    expect(seen.slice(4)).toEqual(["later begins", "later ends"]);
  });
});

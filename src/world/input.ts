import { exit, Interrupted, UserError } from "../errors.ts";

const mostBytes = 16 * 1024 * 1024;

/** All of stdin as text. A terminal is refused: nobody means to type it. */
export async function readInput(stdin: NodeJS.ReadStream, interrupted: AbortSignal): Promise<string> {
  if (stdin.isTTY) {
    throw new UserError({
      what: "stdin is to be read, but it is the terminal",
      next: "pipe something into it, or name a file",
      code: exit.usage,
    });
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  const stop = () => stdin.destroy(new Interrupted());
  interrupted.addEventListener("abort", stop, { once: true });
  try {
    for await (const chunk of stdin as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (size > mostBytes) throw new UserError({ what: "stdin is larger than 16 MiB", code: exit.usage });
      chunks.push(chunk);
    }
  } catch (thrown) {
    interrupted.throwIfAborted();
    throw thrown;
  } finally {
    interrupted.removeEventListener("abort", stop);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new UserError({ what: "stdin is not UTF-8 text", next: "convert it: iconv -t UTF-8", code: exit.usage });
  }
}

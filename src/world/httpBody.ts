import { shorten } from "../harmless.ts";
import { BadEncoding, TooLarge } from "./httpFailure.ts";
import type { InTurn } from "./turns.ts";

/** What is read whatever else is being read. */
const small = 1024 * 1024;

/**
 * Reads to the end, or throws `TooLarge` after `max` bytes. What is not small waits for its turn: twenty large answers at a
 * time, with what is made of them, would take more memory than the program may have.
 */
export async function readAll(body: AsyncIterable<Uint8Array>, max: number, inTurn: InTurn): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  const reading = body[Symbol.asyncIterator]();
  let size = 0;
  const readUntil = async (enough: number): Promise<void> => {
    while (size <= enough) {
      const { done, value } = await reading.next();
      if (done === true) return;
      size += value.length;
      chunks.push(value);
    }
  };
  await readUntil(Math.min(small, max));
  if (size > small && small < max) await inTurn(() => readUntil(max));
  if (size <= max) return Buffer.concat(chunks);
  await reading.return?.();
  throw new TooLarge();
}

type Unpack = (
  bytes: Uint8Array,
  options: { maxOutputLength: number },
  done: (error: Error | null, plain: Buffer) => void,
) => void;

/** We ask for plain bytes; a server that compresses all the same is understood, within the same limit. */
export async function unpack(
  bytes: Buffer,
  encoding: string | undefined,
  max: number,
  inTurn: InTurn,
): Promise<Uint8Array> {
  const name = encoding?.trim().toLowerCase() ?? "identity";
  if (bytes.length === 0 || name === "identity" || name === "") return bytes;
  const { gunzip, inflate, brotliDecompress } = await import("node:zlib");
  const ways: Record<string, Unpack> = { gzip: gunzip, "x-gzip": gunzip, deflate: inflate, br: brotliDecompress };
  const run = ways[name];
  if (run === undefined) throw new BadEncoding(`the answer is encoded as ${shorten(name, 40)}, which cannot be read`);
  const plain = () =>
    new Promise<Uint8Array>((resolve, reject) => {
      run(bytes, { maxOutputLength: max }, (error, whole) => {
        if (error === null) return resolve(whole);
        const large = (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
        reject(large ? new TooLarge() : new BadEncoding(`the answer says it is ${name}, but it is not`));
      });
    });
  return inTurn(plain);
}

import { shorten } from "../harmless.ts";
import { BadEncoding, TooLarge } from "./httpFailure.ts";

/** Reads to the end, or throws `TooLarge` after `max` bytes. */
export async function readAll(body: AsyncIterable<Uint8Array>, max: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > max) throw new TooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

type Unpack = (
  bytes: Uint8Array,
  options: { maxOutputLength: number },
  done: (error: Error | null, plain: Buffer) => void,
) => void;

/** We ask for plain bytes; a server that compresses all the same is understood, within the same limit. */
export async function unpack(bytes: Buffer, encoding: string | undefined, max: number): Promise<Uint8Array> {
  const name = encoding?.trim().toLowerCase() ?? "identity";
  if (bytes.length === 0 || name === "identity" || name === "") return bytes;
  const { gunzip, inflate, brotliDecompress } = await import("node:zlib");
  const ways: Record<string, Unpack> = { gzip: gunzip, "x-gzip": gunzip, deflate: inflate, br: brotliDecompress };
  const run = ways[name];
  if (run === undefined) throw new BadEncoding(`the answer is encoded as ${shorten(name, 40)}, which cannot be read`);
  return new Promise((resolve, reject) => {
    run(bytes, { maxOutputLength: max }, (error, plain) => {
      if (error === null) return resolve(plain);
      const large = (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
      reject(large ? new TooLarge() : new BadEncoding(`the answer says it is ${name}, but it is not`));
    });
  });
}

import { isUtf8 } from "node:buffer";
import { readLine, type Entry } from "./line.ts";

/** What stands in the file of a timeline, line by line. */
export interface Lines {
  entries: Entry[];
  /** lines that are no record */
  bad: { line: number; why: string }[];
  /** bytes behind the last newline: a write that was cut off, or is going on just now */
  torn: number;
  /** bytes of the whole lines */
  size: number;
  /** how many of them there are */
  count: number;
  /** the last whole line without its newline, and where it begins */
  last: { at: number; bytes: Uint8Array };
  /** the file went through something that changed its line ends, or put a byte order mark before them */
  converted: boolean;
}

const newline = 10;
const longest = 64 * 1024 * 1024;
/** Before the type of an event stand only short texts. Where they are not, its line is read whole. */
const mostEnvelope = 256;

/**
 * Reads a timeline piece by piece. `from`: what was read before. `wants`: of lines that begin as ours do, only those with
 * such a type are read; the others are passed over unseen.
 */
export function readLines(
  from: { size: number; count: number; seq: number } = { size: 0, count: 0, seq: 0 },
  wants?: (type: string) => boolean,
): { see(piece: Uint8Array): void; end(): Lines } {
  const lines: Lines = {
    entries: [],
    bad: [],
    torn: 0,
    size: from.size,
    count: from.count,
    last: { at: from.size, bytes: new Uint8Array() },
    converted: false,
  };
  /** the beginning of a line that goes on in the next piece */
  let begun: Buffer[] = [];
  let begunSize = 0;
  let seq = from.seq;
  let hash = "";

  const take = (bytes: Buffer, size: number) => {
    lines.count++;
    lines.last = { at: lines.size, bytes };
    lines.size += size + 1;
    const why = size > longest ? "too long" : read(bytes);
    if (why !== undefined) lines.bad.push({ line: lines.count, why });
  };
  const read = (bytes: Buffer): string | undefined => {
    if (wants !== undefined && !wants(typeOf(bytes))) return undefined;
    let text = bytes.toString("utf8");
    if (text.includes("\ufffd") && !isUtf8(bytes)) return "not UTF-8 text";
    const [marked, returned] = [text.charCodeAt(0) === 0xfeff, text.charCodeAt(text.length - 1) === 13];
    if (marked || returned) {
      text = text.slice(Number(marked), text.length - Number(returned));
      lines.converted = true;
    }
    const entry = readLine(text, lines.count, seq, wants !== undefined);
    if (typeof entry === "string") return entry;
    seq = entry.event.seq;
    // One text instead of two equal ones: on a long timeline they are a quarter of its memory.
    if (entry.event.prev === hash) entry.event.prev = hash;
    hash = entry.hash;
    lines.entries.push(entry);
    return undefined;
  };

  return {
    see(piece) {
      const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
      let at = 0;
      for (let end; (end = bytes.indexOf(newline, at)) >= 0; at = end + 1) {
        const rest = bytes.subarray(at, end);
        take(begun.length === 0 ? rest : Buffer.concat([...begun, rest]), begunSize + rest.length);
        [begun, begunSize] = [[], 0];
      }
      // The piece is only lent.
      lines.last = { at: lines.last.at, bytes: Uint8Array.from(lines.last.bytes) };
      begunSize += bytes.length - at;
      if (begunSize > longest) begun = [];
      else if (at < bytes.length) begun.push(Buffer.from(bytes.subarray(at)));
    },
    end() {
      lines.torn = begunSize;
      return lines;
    },
  };
}

/** "" when the line does not begin as those that we write. */
function typeOf(bytes: Buffer): string {
  const text = bytes.toString("latin1", 0, mostEnvelope);
  if (!text.startsWith('{"v":1,"incident":"')) return "";
  const from = text.indexOf(',"type":"');
  const to = from < 0 ? -1 : text.indexOf('"', from + 9);
  return to < 0 ? "" : text.slice(from + 9, to);
}

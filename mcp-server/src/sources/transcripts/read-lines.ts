import { createReadStream } from "node:fs";
import { toReadFailure } from "./error-texts.ts";

/** Of the bytes that were read: lines that were passed over because they are too long. */
export type LinesRead = { readonly oversized: number };

/** Hears a line without its line break, and the bytes of the file that it lies at, its line break included. */
export type OnLine = (line: Buffer, from: number, to: number) => void;

/** A longer line is passed over: no prompt or answer is so long, and parsing it would take several times its size. */
const MAX_LINE = 50_000_000;
const CHUNK = 256 * 1024;
const BREAK = 0x0a;

/**
 * Reads the lines of a file that lie from byte `from` up to `to`, one at a time and never more than one line in memory.
 * Throws a SourceFailure when the file is gone, cannot be read, or the time is up.
 */
export async function readLines(
  path: string,
  { from, to }: { readonly from: number; readonly to: number },
  signal: AbortSignal,
  onLine: OnLine,
): Promise<LinesRead> {
  if (to <= from) return { oversized: 0 };
  let parts: Buffer[] = [];
  let length = 0;
  let at = from;
  let start = from;
  let oversized = 0;

  const endLine = (last: Buffer, breakAt: number): void => {
    if (length + last.length > MAX_LINE) oversized += 1;
    else onLine(parts.length === 0 ? last : Buffer.concat([...parts, last]), start, breakAt);
    parts = [];
    length = 0;
    start = breakAt;
  };

  try {
    const stream = createReadStream(path, { start: from, end: to - 1, highWaterMark: CHUNK, signal });
    for await (const chunk of stream) {
      if (!Buffer.isBuffer(chunk)) continue;
      let rest = 0;
      for (let found = chunk.indexOf(BREAK); found !== -1; found = chunk.indexOf(BREAK, rest)) {
        endLine(chunk.subarray(rest, found), at + found + 1);
        rest = found + 1;
      }
      at += chunk.length;
      if (rest === chunk.length) continue;
      const tail = chunk.subarray(rest);
      length += tail.length;
      if (length <= MAX_LINE) parts.push(tail);
      else parts = [];
    }
  } catch (error) {
    throw toReadFailure(error, signal);
  }
  if (length > 0) endLine(Buffer.alloc(0), at);
  return { oversized };
}

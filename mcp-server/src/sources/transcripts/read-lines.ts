import { open } from "node:fs/promises";
import { toReadFailure } from "./error-texts.ts";

/** Of the bytes that were read: lines that were passed over because they are too long. */
export type LinesRead = { readonly oversized: number };

/**
 * Hears a line without its line break, and the bytes of the file that it lies at, its line break included. The line is lent:
 * its memory holds the next ones as soon as the call is over.
 */
export type OnLine = (line: Buffer, from: number, to: number) => void;

/** A longer line is passed over: no prompt or answer is so long, and parsing it would take several times its size. */
const MAX_LINE = 50_000_000;
const CHUNK = 512 * 1024;
const BREAK = 0x0a;

/** A file whose lines are read in one stretch or in many, one after the other. */
export type OpenFile = {
  /**
   * Reads the lines that lie from byte `from` up to `to`, one at a time and never more than one line in memory. Throws a
   * SourceFailure when the file cannot be read or the time is up.
   */
  readonly readLines: (stretch: Stretch, signal: AbortSignal, onLine: OnLine) => Promise<LinesRead>;
};

export type Stretch = { readonly from: number; readonly to: number };

/**
 * Opens a file for as long as `use` works with it: opening it anew for each turn of a session costs a tenth of reading it.
 * Throws a SourceFailure when the file is gone or cannot be opened.
 */
export async function withFile<T>(path: string, signal: AbortSignal, use: (file: OpenFile) => Promise<T>): Promise<T> {
  const handle = await open(path).catch((error: unknown) => {
    throw toReadFailure(error, signal);
  });
  // One piece of memory for all that is read: a new one for each stretch costs more than reading it.
  let memory = Buffer.alloc(0);
  const readLines: OpenFile["readLines"] = async ({ from, to }, readSignal, onLine) => {
    const lines = splitLines(from, onLine);
    if (memory.length < Math.min(CHUNK, to - from)) memory = Buffer.allocUnsafeSlow(Math.min(CHUNK, to - from));
    try {
      for (let at = from; at < to;) {
        readSignal.throwIfAborted();
        const { bytesRead } = await handle.read(memory, 0, Math.min(memory.length, to - at), at);
        if (bytesRead === 0) break;
        at += bytesRead;
        lines.add(memory.subarray(0, bytesRead));
      }
    } catch (error) {
      throw toReadFailure(error, readSignal);
    }
    return { oversized: lines.finish() };
  };
  try {
    return await use({ readLines });
  } finally {
    await handle.close();
  }
}

/** Reads the lines of one stretch of a file. Throws SourceFailures. */
export async function readLines(
  path: string,
  stretch: Stretch,
  signal: AbortSignal,
  onLine: OnLine,
): Promise<LinesRead> {
  if (stretch.to <= stretch.from) return { oversized: 0 };
  return withFile(path, signal, async (file) => file.readLines(stretch, signal, onLine));
}

/** Cuts the bytes from `from` on into lines as they come; the last one may have no line break. */
function splitLines(
  from: number,
  onLine: OnLine,
): { readonly add: (chunk: Buffer) => void; readonly finish: () => number } {
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

  return {
    add: (chunk) => {
      let rest = 0;
      for (let found = chunk.indexOf(BREAK); found !== -1; found = chunk.indexOf(BREAK, rest)) {
        endLine(chunk.subarray(rest, found), at + found + 1);
        rest = found + 1;
      }
      at += chunk.length;
      if (rest === chunk.length) return;
      length += chunk.length - rest;
      // What the chunk lies in is read into again.
      if (length <= MAX_LINE) parts.push(Buffer.from(chunk.subarray(rest)));
      else parts = [];
    },
    finish: () => {
      if (length > 0) endLine(Buffer.alloc(0), at);
      return oversized;
    },
  };
}

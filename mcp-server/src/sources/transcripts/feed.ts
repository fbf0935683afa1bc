import type { TraceReducer } from "../../trace/rows/reducer.ts";
import { readLine, type Line } from "../../trace/transcript/line-kind.ts";
import type { Row } from "../../trace/transcript/requests.ts";
import { parseLine } from "./parse-line.ts";
import type { OpenFile, Stretch } from "./read-lines.ts";

/** Hands the lines of a stretch of a file on, and what they make to the reducer; damaged ones are counted. */
export async function feed(
  file: OpenFile,
  stretch: Stretch,
  reducer: TraceReducer,
  signal: AbortSignal,
  add: (line: Line) => readonly Row[],
): Promise<void> {
  const { oversized } = await file.readLines(stretch, signal, (bytes, _from, to) => {
    if (bytes.length === 0) return;
    const { record, isDamaged } = parseLine(bytes);
    if (record !== null) reducer.addRows(add(readLine(record)));
    // The last line may be half written: the rest of it is on its way.
    if (isDamaged && (to < stretch.to || bytes.at(-1) === CLOSING)) reducer.warn("damaged_transcript_line");
  });
  reducer.warn("oversized_transcript_line", oversized);
}

/** "}": a damaged line that ends like a whole one was not cut off. */
const CLOSING = 0x7d;

import type { SummaryFacts } from "../evidence/summary-facts.ts";
import { quote, type AddProblem } from "../answers/form.ts";
import { OUTCOMES, PHASE_KINDS } from "../../trace/values/vocabulary.ts";
import { sectionEnd } from "./sections.ts";
import { HEADINGS } from "./wording.ts";
import { FENCE, MAX_PICTURE, OPENING, toPicture } from "./picture.ts";

/** The plan of a sample shows its first traces. */
const MAX_PICTURES = 5;
const DATE = "- Date: ";

/** The pictures that a plan about these traces has, by trace id: those of the first five that have phases. */
export function picturesOf(
  traceIds: readonly string[],
  summaries: readonly SummaryFacts[],
): ReadonlyMap<string, string> {
  const drawn = new Map<string, string>();
  for (const traceId of traceIds) {
    const facts = summaries.find(({ trace_id }) => trace_id === traceId);
    const picture = facts === undefined ? null : toPicture(facts);
    if (picture !== null && drawn.size < MAX_PICTURES) drawn.set(traceId, picture);
  }
  return drawn;
}

/**
 * A plan with the pictures of its traces below their groups under Source Trace, in place of any that stand there. They are
 * computed, so a model need not copy them and cannot change them.
 */
export function putPictures(markdown: string, summaries: readonly SummaryFacts[]): string {
  const rows = markdown.split("\n");
  const start = rows.findIndex((row) => row.trim() === HEADINGS[0]) + 1;
  if (start === 0) return markdown;
  const end = sectionEnd(rows, start - 1);
  const source = withoutPictures(rows.slice(start, end));
  const idOf = (row: string): string | undefined => /^- Trace ID: (.*)$/u.exec(row.trim())?.[1]?.trim();
  const pictures = picturesOf(
    source.flatMap((row) => idOf(row) ?? []),
    summaries,
  );
  let current = "";
  const drawn = source.flatMap((row, at) => {
    current = idOf(row) ?? current;
    const picture = row.startsWith(DATE) ? pictures.get(current) : undefined;
    if (picture === undefined) return [row];
    return [row, "", ...picture.split("\n"), ...(source[at + 1]?.trim() === "" ? [] : [""])];
  });
  return [...rows.slice(0, start), ...drawn, ...rows.slice(end)].join("\n");
}

function withoutPictures(rows: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at] ?? "";
    const end = row.trim() === OPENING ? rows.findIndex((one, place) => place > at && one.trim() === FENCE) : -1;
    if (end === -1) kept.push(row);
    else {
      if (kept.at(-1)?.trim() === "") kept.pop();
      at = end;
    }
  }
  return kept;
}

/** The lines of Source Trace without its pictures, and these by the number of lines before them. */
export type Drawn = { readonly lines: readonly string[]; readonly pictures: ReadonlyMap<number, string> };

/** Takes the pictures out of Source Trace. Each stands below a trace's lines and has no line that a picture cannot have. */
export function takePictures(written: readonly string[], addProblem: AddProblem): Drawn {
  const lines: string[] = [];
  const pictures = new Map<number, string>();
  for (let at = 0; at < written.length; at += 1) {
    const line = written[at] ?? "";
    const end = line === OPENING ? written.indexOf(FENCE, at) : -1;
    if (end === -1) {
      lines.push(line);
      continue;
    }
    const picture = written.slice(at, end + 1);
    if (lines.at(-1)?.startsWith(DATE) !== true || pictures.has(lines.length))
      addProblem(`"${HEADINGS[0]}": a picture stands below the "${DATE}…" of its trace, one for each trace.`);
    const odd = oddLine(picture);
    if (odd !== null)
      addProblem(
        `"${HEADINGS[0]}": ${quote(odd)} is no line of a run's picture. Pictures are computed; leave this one out.`,
      );
    pictures.set(lines.length, picture.join("\n"));
    at = end;
  }
  return { lines, pictures };
}

const WORK = `(?:${PHASE_KINDS.join("|")}) \\d{1,9}`;
const ID = "[a-z]+(?:_[a-z]+){0,5}";
const MARKS = `(?: \\((?:${ID}(?:, ${ID})?(?:, \\+\\d{1,3})?|\\+\\d{1,3})\\))?`;
const START = "(?:\\d\\d:\\d\\d:\\d\\d\\.\\d{3}|\\d{1,9})";
const HEAD = [
  /^gantt$/u,
  new RegExp(
    `^ {2}title (?:\\d{1,9} )?calls?(?: \\(\\d{1,9} by subagents\\))?(?: in [\\d.]{1,9} (?:s|min \\d\\d? s|h \\d\\d? min))?, (?:${OUTCOMES.join("|")})(?:, axis in (?:calls|minutes))?$`,
    "u",
  ),
  /^ {2}dateFormat (?:HH:mm:ss\.SSS|x)$/u,
  /^ {2}axisFormat %(?:S\.%L|M:%S|H:%M|Q)$/u,
  /^ {2}todayMarker off$/u,
  new RegExp(`^  whole run${MARKS} :done, ${START}, \\d{1,9}ms$`, "u"),
];
const ROW = new RegExp(
  `^  ${WORK}(?:, ${WORK}){0,2}(?:, \\+\\d{1,9})?(?:, \\d{1,9} failed)?${MARKS} :(?:crit, )?${START}, \\d{1,9}ms$`,
  "u",
);

/** The first line that no picture of a run has in that place, or null. */
function oddLine(picture: readonly string[]): string | null {
  const inner = picture.slice(1, -1);
  if (picture.join("\n").length > MAX_PICTURE) return picture.at(-1) ?? "";
  return inner.find((line, at) => !(HEAD[at] ?? ROW).test(line)) ?? (inner.length <= HEAD.length ? FENCE : null);
}

import { joinClosings, type Closing } from "./closing-lines.ts";
import { CLOSING_RULES } from "./closing-rules.ts";

/** A closing line is short; a longer one is a program's own output. */
const MAX_LINE = 300;
/** From the end of an output so much is looked at, and from its start the rest: a log is cut in its middle. */
const MAX_SCAN = 40_000;

// Colours and cursor movements, which runners write when they take a file for a terminal.
// oxlint-disable-next-line no-control-regex -- the escape character is what is looked for
const ANSI = /\u001b\[[\d;?]{0,20}[A-Za-z]/gu;

/**
 * What the runners of an output say at their end, one entry a runner in the order in which they are met: all good lines
 * of it make a good one, any other a bad one, and the numbers are added. Empty where no line is known.
 */
export function readClosings(output: string): readonly Closing[] {
  const found = new Map<string, Closing>();
  for (const line of linesOf(output)) {
    const bare = line.replace(TASK, "");
    for (const { runner, kind, line: pattern, read } of CLOSING_RULES) {
      const match = pattern.exec(line) ?? (bare === line ? null : pattern.exec(bare));
      const said = match === null ? null : read(match);
      if (said === null) continue;
      const { failed = null, passed = null, isCached = false, isEmpty = false } = said;
      const one: Closing = { kind, runner, isGood: said.isGood, failed, passed, isCached, isEmpty };
      const known = found.get(runner);
      found.set(runner, known === undefined ? one : joinClosings(known, one));
      break;
    }
  }
  return [...found.values()];
}

/** Runners of tasks write the task's name before each line of it: `[lint:go] 0 issues.` */
const TASK = /^\[[\w:.@/-]{1,60}\] /u;

/** What a line holds that any rule can match; most lines of an output hold none of it. */
const MAY_CLOSE =
  /ok|fail|pass|error|panic|test|finished|build|example|assertion|executed|issues|checked|success|offense|matched|\[warn\]/iu;

function linesOf(output: string): readonly string[] {
  const scanned =
    output.length > MAX_SCAN ? `${output.slice(0, MAX_SCAN / 4)}\n${output.slice((-3 * MAX_SCAN) / 4)}` : output;
  const lines: string[] = [];
  for (const written of scanned.replace(ANSI, "").replaceAll("\r", "\n").split("\n")) {
    const line = written.slice(0, MAX_LINE);
    if (MAY_CLOSE.test(line)) lines.push(line.trim());
  }
  return lines;
}

import { isProse } from "../timeline/changes.ts";
import { isTargetVisible } from "../run/coverage.ts";
import { isShell } from "../call/tools.ts";
import type { Timeline } from "../timeline/timeline.ts";
import { covers, coversLanguage } from "./covers.ts";
import { markPaths } from "./show-path.ts";
import type { Did } from "./steps.ts";

const MAX_FILES = 25;
const DATA =
  /\.(?:ya?ml|json[c5l]?|toml|ini|cfg|conf|env|xml|plist|html?|properties)$|(?:^|\/)\.[^/.]+(?:ignore|rc)?$/iu;

/**
 * Files of code that were changed and that no fitting check followed in the turn or before the next commit, as they are
 * shown. A check fits when it ran, whatever it came to, and looks at the file by its place and language, see covers.ts;
 * running the changed script itself is a check too, and so are a commit's hook and an IDE's diagnostics. Documents, data,
 * changes of comments, and built programs that are removed again need none. Empty where the trace hides what was edited or run.
 */
export function toUnchecked(steps: readonly Did[], timeline: Timeline): readonly string[] {
  if (!isKnown(timeline)) return [];
  const open = new Set<string>();
  const missed = new Set<string>();
  let isBuilt = false;
  for (const step of steps) {
    for (const file of open) if (isCheckOf(step, file, timeline)) open.delete(file);
    isBuilt ||= step.kind === "check" && step.result?.step.kind === "build";
    if (isCommit(step)) {
      for (const file of open) missed.add(file);
      open.clear();
    }
    if (step.kind !== "edit" && step.kind !== "write" && step.kind !== "run") continue;
    const { changed, edit } = step.call;
    if (changed === "any" || edit?.touches === "comments") continue;
    const isRemoving = steps.some(
      ({ call, kind, label }) => call === step.call && kind === "run" && REMOVES.test(label),
    );
    for (const file of changed) {
      // Nothing is left of a program that a build made, which has no ending.
      if (isRemoving && isBuilt && !/\.\w+$/u.test(file)) {
        open.delete(file);
        continue;
      }
      if (isProse(file) || isData(file) || file.includes("/.claude/plans/") || isOutside(file, timeline)) continue;
      open.add(file);
      missed.delete(file);
    }
  }
  return markPaths([...missed, ...open], timeline.paths, MAX_FILES);
}

/** A file of data, whose change no check of code would notice. */
export function isData(file: string): boolean {
  return DATA.test(file);
}

/** Programs that take a file in hand and do not run it. */
const HANDLES = /^(?:chmod|chown|mv|cp|rm|ln|touch|install|sed|perl|tee|diff|stat|xxd|od|open|code|dos2unix)$/u;

const REMOVES = /^(?:rm|unlink|trash|rimraf)$/u;

/** Whether all edits and commands of the main agent show what they were aimed at. */
export function isKnown({ mainCalls }: Timeline): boolean {
  return mainCalls.every((call) => (call.op !== "edit" && !isShell(call.tool)) || isTargetVisible(call));
}

function isOutside(file: string, { paths }: Timeline): boolean {
  return paths.place(file) === "(outside)";
}

function isCheckOf({ kind, label, files, result, call }: Did, file: string, timeline: Timeline): boolean {
  if (kind === "check" && result !== null && result.verdict !== "not_run" && !result.isEmpty)
    return result.failure === null || result.failure === "compile error" || result.failure === "no such file"
      ? coversLanguage(result.step.name, file) && covers(result.step.kind, files, file)
      : false;
  if (kind === "git" && result !== null) return result.hook.length + result.hookRan.length > 0;
  if (kind === "run")
    return !HANDLES.test(label) && files.some((place) => place === file || file.startsWith(`${place}/`));
  if (kind === "mcp") return /diagnostics/iu.test(label);
  return kind === "agent" && call.error === null && mayCheck(timeline);
}

/** A subagent may have checked what the main agent changed, unless its calls are recorded and none of them is a check. */
export function mayCheck({ calls }: Timeline): boolean {
  const own = calls.filter(({ actor }) => actor !== "main");
  return own.length === 0 || own.some(({ op }) => op === "test" || op === "check" || op === "exec");
}

function isCommit({ kind, result }: Did): boolean {
  return (
    kind === "git" &&
    result?.step.git?.action === "commit" &&
    result.verdict !== "failed" &&
    result.verdict !== "not_run"
  );
}

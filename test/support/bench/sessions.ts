import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runClaude } from "../claude/run.ts";
import { PLUGIN_ROOT } from "../files/plugin-root.ts";
import { temporaryFolder } from "../files/temporary.ts";
import { inSteps, type Step } from "../replay/steps.ts";

const CALLS = 40;

/** The kinds of calls that a session is full of, none of which is any business of the plugin's. */
export const KINDS = ["Read", "Bash", "Edit"] as const;

/** A folder to work in and two homes, so that neither session finds what the other left. */
export type Workplace = { readonly cwd: string; readonly with: string; readonly without: string };

export function openWorkplace(): Workplace {
  return { cwd: temporaryFolder("bench"), with: temporaryFolder("with"), without: temporaryFolder("without") };
}

/** What a session takes: milliseconds by the clock, and of the processor, with all that it starts; NaN where nobody tells. */
export type Taken = { readonly ms: number; readonly cpuMs: number };

/** Times a session of Claude Code with 40 calls of a kind and a model that answers at once. */
export async function timeSession(
  place: Workplace,
  kind: (typeof KINDS)[number],
  side: "with" | "without",
): Promise<Taken> {
  const file = join(place.cwd, "a.txt");
  writeFileSync(file, "one\n");
  const steps: Step[] = Array.from({ length: CALLS }, (_, at) => (ask) => {
    if (kind === "Bash") return [ask.tool("Bash", { command: `echo ${at}`, description: "Say a number" })];
    if (kind === "Read" || at === 0) return [ask.tool("Read", { file_path: file })];
    const [old_string, new_string] = at % 2 === 1 ? ["one", "two"] : ["two", "one"];
    return [ask.tool("Edit", { file_path: file, old_string, new_string })];
  });
  const [start, cpu] = [performance.now(), childrenCpuMs()];
  const { result } = await runClaude({
    prompt: "work",
    cwd: place.cwd,
    home: place[side],
    pluginDirs: side === "with" ? [PLUGIN_ROOT] : [],
    args: ["--allowedTools", "Bash", "Edit"],
    script: inSteps(steps, "done"),
  });
  if (result?.result !== "done") throw new Error(`the session with ${CALLS} calls of ${kind} ended otherwise`);
  return { ms: performance.now() - start, cpuMs: childrenCpuMs() - cpu };
}

/** Processor time of the children of this process that have ended, and of theirs (proc(5): cutime and cstime, in 10 ms). */
function childrenCpuMs(): number {
  if (process.platform !== "linux") return NaN;
  const stat = readFileSync("/proc/self/stat", "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[13]) + Number(fields[14])) * 10;
}

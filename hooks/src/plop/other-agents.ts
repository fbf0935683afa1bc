import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import { PLOP } from "../../../mcp-server/src/audit/plop/typed-plop.ts";
import { isAtWork } from "../../../mcp-server/src/audit/plop/agent-at-work.ts";
import { block, type Answer } from "../claude-code.ts";
import type { Context } from "../context.ts";

/** A running command of an agent writes nothing for up to ten minutes, the longest that Claude Code lets one run. */
const QUIET_MS = 10 * 60_000;
/** More than a session's agents and workflows leave. */
const MAX_FILES = 5000;
const TAIL_BYTES = 256_000;

/**
 * `/plop` does not begin beside a subagent that still works: Claude Code runs the hooks of a command for the main agent
 * alone, so what an agent does that was started before is not judged. New ones are refused while the `/plop` runs.
 */
export function waitForOthers({ event }: Context): Answer {
  if (event.command !== PLOP || event.transcriptPath === null) return null;
  const working = agentFiles(join(event.transcriptPath.replace(/\.jsonl$/u, ""), "subagents")).filter(isWorking);
  if (working.length === 0) return null;
  const who = working.length === 1 ? "a subagent of this session" : `${working.length} subagents of this session`;
  return block(
    `/plop is refused: ${who} may still be at work, and its tools are not held to the plan. Wait until it has ended, or stop it (/tasks), then type /plop again. One that was stopped in the middle of a step counts for ten minutes; a new session need not wait.`,
  );
}

function agentFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => /(?:^|[\\/])agent-[^\\/]*\.jsonl$/u.test(name))
      .slice(0, MAX_FILES)
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function isWorking(file: string): boolean {
  try {
    const stats = lstatSync(file);
    return stats.isFile() && Date.now() - stats.mtimeMs < QUIET_MS && isAtWork(readTail(file));
  } catch {
    return false;
  }
}

function readTail(file: string): string {
  const opened = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const { size } = fstatSync(opened);
    const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
    return tail.toString("utf8", 0, readSync(opened, tail, 0, tail.length, size - tail.length));
  } finally {
    closeSync(opened);
  }
}

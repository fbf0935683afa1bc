import { isRecord, own, type JsonRecord } from "../../trace/values/json.ts";
import { findFile, findLine, parseLineRef, type PromptFile } from "../instructions/prompt-file.ts";
import { quote, type AddProblem } from "./form.ts";

/**
 * What the instructions say today of what went wrong: nothing (searched and not there), a line that asks for the right
 * thing and was not followed, one that says it where nobody uses it, one that invites what went wrong, or not known.
 */
export const INSTRUCTION_STATES = ["missing", "not_followed", "buried", "conflicting", "unknown"] as const;
export type InstructionState = (typeof INSTRUCTION_STATES)[number];

export type Instruction = {
  readonly state: InstructionState;
  /** The lines, as `CLAUDE.md:6`, the one that matters most first; of the three states that are about a line. */
  readonly where?: readonly string[];
};

const MAX_WHERE = 8;
const OF_A_LINE: readonly InstructionState[] = ["not_followed", "buried", "conflicting"];

/** Reads `instruction` of an issue. `files` are the prompt files as they are; null checks the form alone. */
export function checkInstruction(
  record: JsonRecord,
  path: string,
  files: readonly PromptFile[] | null,
  addProblem: AddProblem,
): Instruction {
  if (!Object.hasOwn(record, "instruction")) return { state: "unknown" };
  const value = own(record, "instruction");
  const state = isRecord(value) ? INSTRUCTION_STATES.find((name) => name === own(value, "state")) : undefined;
  if (!isRecord(value) || state === undefined) {
    addProblem(
      `${path}.instruction is ${quote(value)}; it has to be {"state": …, "where": "CLAUDE.md:6"} with a state of ${INSTRUCTION_STATES.join(", ")}.`,
    );
    return { state: "unknown" };
  }
  for (const key of Object.keys(value))
    if (key !== "state" && key !== "where")
      addProblem(`${path}.instruction has ${quote(key)}, which is none of state, where.`);
  const where = own(value, "where") ?? null;
  if (!OF_A_LINE.includes(state)) {
    if (where !== null) addProblem(`${path}.instruction is ${state}, so it has no "where".`);
    return { state };
  }
  const named: readonly unknown[] = Array.isArray(where) ? where : [where];
  if (named.length === 0 || named.length > MAX_WHERE)
    addProblem(`${path}.instruction.where names ${named.length} lines; it has to name 1 to ${MAX_WHERE}.`);
  for (const line of named) {
    const problem = judgeLine(line, files);
    if (problem !== null) addProblem(`${path}.instruction.where is ${quote(line)}; ${problem}`);
  }
  return { state, where: named.map((line) => (typeof line === "string" ? line.trim() : "")) };
}

/** Why a value names no line of a prompt file, or null. */
export function judgeLine(value: unknown, files: readonly PromptFile[] | null): string | null {
  const ref = typeof value === "string" ? parseLineRef(value) : null;
  if (ref === null) return `it has to name a line of a prompt file, such as "CLAUDE.md:6".`;
  if (files === null || (findLine(files, ref) ?? "") !== "") return null;
  const file = findFile(files, ref.path);
  if (file !== undefined) return `${ref.path} has no such line, or it is blank. Name a line as you were shown it.`;
  return `there is no prompt file ${quote(ref.path)}. There is: ${
    files
      .map(({ path }) => path)
      .slice(0, 20)
      .join(", ") || "none"
  }.`;
}

import { toCommand } from "../shell/command.ts";
import { CHECK_KINDS, type CheckKind } from "./closing-lines.ts";

/** A script as package managers write it before they run it: `$ bun test src/`, `> tsc --noEmit`. */
const RUN = /^[$>] (\S.{0,200})$/u;
const MAX_SCAN = 40_000;

/** Which kinds of checks the hook of a commit or push ran, by the lines with which it began them. */
export function readHookChecks(output: string): readonly CheckKind[] {
  const ran = new Set<string>();
  for (const line of output.slice(0, MAX_SCAN).split("\n")) {
    const command = RUN.exec(line.trimEnd())?.[1];
    if (command !== undefined) for (const { kind } of toCommand(command).steps) ran.add(kind);
  }
  return CHECK_KINDS.filter((kind) => ran.has(kind));
}

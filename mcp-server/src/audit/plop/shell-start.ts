import { splitCommand } from "../../trace/shell/split.ts";
import { words } from "../../trace/shell/words.ts";

/** The command as a word of its own, with its slash or its plugin's name: not a path below it, not a part of a word. */
const COMMAND = /(?:^|[\s"'`=])(?:\/(?:trace-audit:)?|trace-audit:)plop\b(?![-./])/u;
/** The same without the slash: also the name of a code generator, so it counts only beside a Claude Code. */
const BARE = /(?:^|[\s"'`=])plop\b(?![-./])/u;
/** A program of that name, not the folder of its settings. */
const CLAUDE = /(?<![.\w])claude\b(?!\/)/u;
const DEVICE = /^\/(?:dev|proc|run)\//u;
/** They search, show or keep text, and start nothing with it. */
const TEXTUAL = new Set(
  "grep egrep fgrep rg cat head tail wc ls cd pwd sort uniq cut tr diff jq echo printf true test [ git gh cp mv rm mkdir touch".split(
    " ",
  ),
);

/**
 * Whether a shell line could start a `/plop`: it names the command, and it runs a program that could hand it to a Claude Code
 * or a terminal, now or later. Programs that only show or keep text are none, unless they write to a device. What a line
 * puts together itself (`pl''op`, `$(…)`, a script's file) is not seen.
 */
export function startsPlop(line: string): boolean {
  if (CLAUDE.test(line)) return COMMAND.test(line) || BARE.test(line);
  if (!COMMAND.test(line)) return false;
  return splitCommand(line).some(({ text, raw, redirects }) => {
    const [program = "", ...args] = words(text);
    const isHidden = program === "git" && args.some((arg) => /^-c$|alias/u.test(arg));
    const isDevice = [...redirects, ...args].some((target) => DEVICE.test(target) && target !== "/dev/null");
    return isHidden || isDevice || (raw.trim() !== "" && program !== "" && !TEXTUAL.has(program));
  });
}

// What of a command is neither its name nor an argument.
import type { Lifted } from "./substitutions.ts";

/** A command without `< file`, `<<EOF` and `<<< text`. */
export function withoutInputs(command: readonly string[]): readonly string[] {
  return command.filter((word, at) => !/^\d?</u.test(word) && !/^\d?<{1,3}-?$/u.test(command[at - 1] ?? ""));
}

/** The here-document or string of a part. */
export function inputOf({ texts }: Lifted, raw: string): string | null {
  if (!raw.includes("<<")) return null;
  const string = /<<<\s*("[^"]*"|'[^']*'|\S+)/u.exec(raw)?.[1];
  return string?.replace(/^["']|["']$/gu, "") ?? texts[Number(/<<(\d+)/u.exec(raw)?.[1] ?? -1)] ?? null;
}

/** How many brackets a part opens and closes outside of quotes. */
export function brackets(raw: string): { readonly opened: number; readonly closed: number } {
  if (!/[()]/u.test(raw)) return { opened: 0, closed: 0 };
  const bare = raw.replace(/\\[\s\S]|"(?:[^"\\]|\\[\s\S])*"|'[^']*'/gu, "");
  return { opened: bare.split("(").length - 1, closed: bare.split(")").length - 1 };
}

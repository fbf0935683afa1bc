// Programs whose text is handed to an interpreter: `python -c "…"`, `node -e "…"`, also as a here-document.
import { operandsOf, readOptions } from "./options.ts";
import type { Effect } from "./effect.ts";

const INTERPRETER =
  /^(?:python[\d.]*|pypy[\d.]*|node|nodejs|deno|bun|tsx|ts-node|perl|ruby|php|lua|luajit|Rscript|osascript)$/u;
const INLINE = "-c -e -E -p -r --eval --print -pe -ne -le -lpe -lne -pie -we -Mstrict";
/** What stands in programs that write, remove or move files, or that run others. */
const WRITING =
  /\b(?:write(?!r\b|ln\b)\w*|append\w*|unlink\w*|remove\w*|rename\w*|rmtree|rmdir\w*|rm|rmSync|rm_rf?|rimraf|delete|truncate\w*|copy\w*|cp|cpSync|mv|move|touch|symlink\w*|chmod\w*|mkfifo|dump|save|system|popen|spawn\w*|exec(?:Sync|File\w*)?|subprocess|createWriteStream|file_put_contents|to_csv|to_json)\b|["'][rbt]*[wax][bt+]*["']|["']\s*\+?>/u;
const TREE = /\b(?:rmtree|rimraf|rm|rmSync|rm_rf?|remove_tree|remove_entry\w*|rename\w*|mv|move)\b/u;
const LITERAL = /(["'`])([^"'`\n]{1,300})\1/gu;

/** The program that an interpreter is given with these words, or by its standard input; null for other commands. */
export function programOf(name: string, args: readonly string[], input: string): string | null {
  if (!INTERPRETER.test(name)) return null;
  const inline = readOptions(args, INLINE).values(...INLINE.split(" "));
  if (inline.length > 0) return inline.join("\n");
  const operands = operandsOf(args).filter((word) => word !== "-");
  if (operands[0] === "eval") return operands.slice(1).join("\n");
  return operands.length === 0 ? input : "";
}

/** What a program's text may change: every string in it that can be a path, when anything in it writes; and commands it runs. */
export function programEffects(program: string): {
  readonly effects: readonly Effect[];
  readonly lines: readonly string[];
} {
  const text = program.replace(/\b(?:stdout|stderr)\.write\b/gu, "");
  if (!WRITING.test(text)) return { effects: [], lines: [] };
  // `join("docs", "audit")`, `"docs" + "/audit"`, `Path("docs") / "audit"`.
  const joined = text.replace(/["'`]\)?\s?[,+/]\s?["'`]/gu, "/");
  const literals = [text, joined].flatMap((one) => [...one.matchAll(LITERAL)].map((match) => match[2] ?? ""));
  const reach = TREE.test(text) ? "below" : "itself";
  return {
    effects: literals.map((literal) => ({ path: literal.replace(/^[+<>\s]+/u, ""), reach })),
    lines: literals.filter((literal) => /^\S+ /u.test(literal)),
  };
}

/** The files that a patch changes which a command is handed as text. */
export function patchedBy(name: string, input: string): readonly string[] {
  if (!/^(?:patch|git|apply_patch)$/u.test(name)) return [];
  return [...input.matchAll(/^(?:(?:\+\+\+|---) (?:[ab]\/)?|\*\*\* (?:Add|Update|Delete) File: )(\S+)/gmu)].map(
    (match) => match[1] ?? "",
  );
}

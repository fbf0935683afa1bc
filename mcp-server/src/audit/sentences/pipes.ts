/** A program that runs what it reads, as a regular expression. */
export const INTERPRETER = String.raw`(?:[\w.~/-]{0,200}\/)?(?:(?:ba|z|da|k|fi|c|tc|a)?sh|bun|deno|node|nodejs|tsx|python[\d.]*|perl|ruby|php|pwsh|powershell|osascript|lua|Rscript|tclsh|awk|iex|Invoke-Expression|source|eval)(?![\w-]|\.\w)`;
/** Programs that start the one behind them. */
export const PREFIX = String.raw`(?:(?:(?:sudo|doas|env|command|exec|nohup|time|xargs|nice|busybox|npx|bunx)|(?:bun|npm|pnpm|yarn|uv|poetry|pipenv)\s+(?:run|exec|x|dlx))\s+(?:-\S+\s+|\w+=\S*\s+)*)*`;
/** A file inside the project by its ending, or below a folder of programs; not standard input under another name. */
const STEP = String.raw`\.?[\w@][\w@.-]*`;
const SCRIPT = String.raw`(?:\.\/)?(?:(?:${STEP}\/){0,20}[\w@.-]*[\w@-]\.(?:[cm]?[jt]sx?|py|(?:ba|z|fi)?sh|ps1|rb|pl|php|lua|awk)|(?:scripts?|bin|tools|vendor\/bin)\/${STEP})(?![\w@/-])`;
/** What an interpreter is given to run. With it standard input is data; without it, or behind `-`, standard input is run. */
const GIVEN = String.raw`(?:(?<=\bnode)\s+--test\b|(?<=\b(?:bun|deno))\s+(?:(?:test|lint|fmt|check|build|install)\b|(?:run|task)(?=\s+(?:\.\/)?[\w@<])(?!\s+\S*\.\.\/))|(?<=\bpython[\d.]*)\s+-m\s+(?:pytest|unittest|mypy|ruff|black|flake8|pylint|coverage|tox|nox)\b|\s+${SCRIPT})`;
/** Programs that run what they read, though they are no interpreters: now, later, elsewhere, or by a shell that they start. */
const RUNNER = String.raw`(?:parallel\b|ssh\s+[\w@-]|crontab\s+-|at\s+(?:-\w|\+|\d|now\b|noon\b|midnight\b|today\b|tomorrow\b)|batch\s*(?=[\u0060”.;,)&\n]|$)|g?make\s+(?:-\S+\s+){0,9}-f\s*(?:-|\/dev\/)|(?:docker|podman|nerdctl|kubectl)\s[^\n|\u0060]{0,200}\s(?:ba|z|da|k)?sh(?![\w.-])|(?:vim?|nvim|ex|ed)\s+-[es]\b)`;
const PIPE = new RegExp(String.raw`\|&?\s*${PREFIX}(?:${RUNNER}|${INTERPRETER}(?!${GIVEN}))[^\n\u0060”]*`, "giu");
/** The same without a pipe: what a command prints is run. */
const SUBSTITUTED = new RegExp(
  String.raw`(?<![\w-])(?:${INTERPRETER}|\.)\s+(?:-\w+\s+)*(?:["']?\$\(|["']?\u0060|<\(|<<)[^\n\u0060”]*`,
  "giu",
);

/**
 * The commands of a text that run what another one prints, each pipe with the command in front of it: the same interpreter
 * behind another command is another thing. A `|` in front of a program that is given something else to run, as in
 * `bun run test | bun run lint`, is none. Linear in the text's length.
 */
export function pipesOf(text: string): readonly string[] {
  const piped = [...text.matchAll(PIPE)].map(({ 0: pipe, index }) => {
    const command = /[^\n|`“”]*$/u.exec(text.slice(Math.max(0, index - 120), index))?.[0] ?? "";
    return (command + pipe).trim();
  });
  return [...piped, ...(text.match(SUBSTITUTED) ?? [])];
}

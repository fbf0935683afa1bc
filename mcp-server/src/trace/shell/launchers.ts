// Programs that run the command that stands behind them, such as `docker compose exec web npm test`.

/**
 * A launcher's name, and where they are known its options: the command is then what is left, and the launcher is no part
 * of it. For the others it is guessed which word the command begins at (`commandsBehind`).
 */
const LAUNCHERS: readonly (readonly [name: string, options?: string])[] = [
  ["sudo", String.raw`(?: -[ugpUhCRT] \S+| -\S+)*`],
  ["time", String.raw`(?: -\w+)*`],
  ["nice", String.raw`(?: -n \S+| -\S+)*`],
  ["nohup", ""],
  ["command", ""],
  ["exec", ""],
  ["env", String.raw`(?: -u \S+| -\S+)*`],
  ["timeout", String.raw`(?: -[ks] \S+| -\S+)* \S+`],
  ["npx", String.raw`(?: --?\S+)*`],
  ["bunx", String.raw`(?: --?\S+)*`],
  ["(?:pnpm|yarn) (?:exec|dlx)", ""],
  ["uv run", String.raw`(?: --?(?:with|group|extra|python|package|project|directory|env-file|p) \S+| -\S+)*`],
  ["(?:poetry|pipenv) run", ""],
  ["bundle exec", ""],
  ["xvfb-run", String.raw`(?: -\S+)*`],
  ["mise (?:x|exec) --", ""],
  [String.raw`(?:docker|podman|nerdctl)(?:-compose| compose)?(?: -\S+(?: (?!run\b|exec\b)[^-\s]\S*)?)* (?:run|exec)`],
  [String.raw`kubectl(?: -\S+)* exec`],
  ["ssh|doas|ionice|stdbuf|unbuffer|caffeinate|setsid|chronic|busybox|toybox|xargs|parallel|corepack|dotenv"],
  ["(?:volta|hatch|pdm|rye|conda|mamba|micromamba|doppler|dotenvx|op|devbox|coverage) run"],
  [String.raw`python[\d.]* -m coverage run`],
  ["(?:fnm|asdf|direnv|mise) exec|nix (?:develop|shell)|elixir -S"],
];
const RUNNER = new RegExp(String.raw`^(?:${LAUNCHERS.map(([name]) => name).join("|")})(?= )`, "u");
/** Words that stand before a command and run nothing else: keywords, variables, launchers whose options are known. */
const WRAPPER = new RegExp(
  String.raw`^(?:(?:do|then|else|if|while|until|!|\{|[A-Za-z_]\w*=(?:"[^"]*"|'[^']*'|[^\s"']*)|${LAUNCHERS.filter(
    ([, options]) => options !== undefined,
  )
    .map(([name, options]) => `(?:${name})${options}`)
    .join("|")}) +)+`,
  "u",
);
/** Those that run it on files which are not the project's, or not known to be. */
const ELSEWHERE = /^(?:docker|podman|nerdctl|kubectl|ssh)\b/u;
const SHELL = /(?:^|\s)(?:\/\S*\/)?(?:ba|z|da|k|a)?sh(?: -[\w-]+)* -\w*c\s+(["'])/u;
/** Of a runner's words so many, beside its options, may stand before the command: an image, a service, a host, a time. */
const OPERANDS = 1;
const MAX_WORDS = 40;

/** The command without what only launches it. */
export function withoutWrappers(text: string): string {
  return text.replace(WRAPPER, "");
}

/** Whether the command behind a runner works on files of another machine. */
export function runsElsewhere(text: string): boolean {
  return ELSEWHERE.test(text) && RUNNER.test(text);
}

/**
 * What the command behind a runner can be, the likeliest first. Which options take a value is not known, so every word
 * that may be one is passed over; what is behind `--` is the command.
 */
export function commandsBehind(text: string): readonly string[] {
  const runner = RUNNER.exec(text)?.[0];
  if (runner === undefined) return [];
  const rest = text.slice(runner.length + 1);
  const mark = / -- |^-- /u.exec(` ${rest}`);
  if (mark !== null) return [rest.slice(mark.index + mark[0].length - 1)];
  const found: string[] = [];
  let skipped = 0;
  let options = 0;
  let at = 0;
  for (let count = 0; count < MAX_WORDS && at < rest.length; count += 1) {
    const end = rest.indexOf(" ", at) + 1 || rest.length + 1;
    const word = rest.slice(at, end - 1);
    if (word.startsWith("-")) options += 1;
    else if (!/^\w+=/u.test(word)) {
      if (skipped > options + OPERANDS) break;
      found.push(rest.slice(at));
      skipped += 1;
    }
    at = end;
  }
  return found;
}

/** The script of `bash -lc '…'`, also behind a runner; `isElsewhere` when it sees other files. Null for other commands. */
export function scriptOf(text: string): { readonly script: string; readonly isElsewhere: boolean } | null {
  const shell = SHELL.exec(text);
  if (shell === null) return null;
  const before = text.slice(0, shell.index).trim();
  if (before !== "" && !RUNNER.test(`${before} `)) return null;
  const quote = shell[1] ?? "";
  const quoted = text.slice(shell.index + shell[0].length).trimEnd();
  if (!quoted.endsWith(quote) || (before.match(/["']/gu)?.length ?? 0) % 2 === 1) return null;
  const script = quoted.slice(0, -1);
  return {
    script: quote === '"' ? script.replace(/\\(["$`\\])/gu, "$1") : script,
    isElsewhere: ELSEWHERE.test(before),
  };
}

// Programs that run the command that stands behind them, such as `docker compose exec web npm test`.

const RUNNER =
  /^(?:(?:docker|podman|nerdctl)(?:-compose| compose)?(?: -\S+(?: (?!run\b|exec\b)[^-\s]\S*)?)* (?:run|exec)|kubectl(?: -\S+)* exec|ssh|sudo|doas|env|time|timeout|nice|ionice|stdbuf|unbuffer|caffeinate|xargs|corepack|dotenv|npx|bunx|(?:volta|hatch|pdm|rye|uv|poetry|pipenv|conda|mamba|micromamba|doppler|dotenvx|op|devbox|coverage|python[\d.]* -m coverage) run|(?:fnm|asdf|direnv|bundle|mise|pnpm|yarn) exec|nix (?:develop|shell)|elixir -S)(?= )/u;
/** Those that run it on files which are not the project's, or not known to be. */
const ELSEWHERE = /^(?:docker|podman|nerdctl|kubectl|ssh)\b/u;
const SHELL = /(?:^|\s)(?:\/\S*\/)?(?:ba|z|da|k|a)?sh(?: -[\w-]+)* -\w*c\s+(["'])/u;
/** Of a runner's words so many, beside its options, may stand before the command: an image, a service, a host, a time. */
const OPERANDS = 1;
const MAX_WORDS = 40;

/** Whether the command is run by a program that stands before it. */
export function isRunner(text: string): boolean {
  return RUNNER.test(text);
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
  if (before !== "" && !isRunner(`${before} `)) return null;
  const quote = shell[1] ?? "";
  const quoted = text.slice(shell.index + shell[0].length).trimEnd();
  if (!quoted.endsWith(quote) || (before.match(/["']/gu)?.length ?? 0) % 2 === 1) return null;
  const script = quoted.slice(0, -1);
  return {
    script: quote === '"' ? script.replace(/\\(["$`\\])/gu, "$1") : script,
    isElsewhere: ELSEWHERE.test(before),
  };
}

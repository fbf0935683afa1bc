import { readOptions } from "./options.ts";
import { named, type Effect } from "./effect.ts";

/** What a `git` command does to the files it names; the index and the history are no files. */
export function gitEffects(args: readonly string[]): readonly Effect[] {
  const folders: string[] = [];
  let at = 0;
  for (; at < args.length && (args[at] ?? "").startsWith("-"); at += 1) {
    if (args[at] === "-C" || args[at] === "--work-tree") folders.push(args[at + 1] ?? "");
    if (/^(?:-C|-c|--git-dir|--work-tree)$/u.test(args[at] ?? "")) at += 1;
  }
  const effects = subcommandEffects(args[at] ?? "", args.slice(at + 1));
  const folder = folders.join("/");
  return folder === "" ? effects : effects.map(({ path, reach }) => ({ path: inFolder(folder, path), reach }));
}

const inFolder = (folder: string, path: string): string => (/^[/~$]/u.test(path) ? path : `${folder}/${path}`);

function subcommandEffects(name: string, args: readonly string[]): readonly Effect[] {
  const { flags, operands, values } = readOptions(
    args,
    "-b -B --orphan -s --source -e --exclude -m --message -o --output --output-directory --prefix --directory --include",
  );
  const has = (flag: RegExp): boolean => flags.some((one) => flag.test(one));
  const outputs = name === "grep" ? [] : named(values("-o", "--output", "--output-directory"));
  const paths = operands.map(withoutMagic);
  if (has(/^(?:-n|--dry-run)$/u)) return [];
  switch (name) {
    case "rm":
      return has(/^--cached$/u) ? [] : named(paths);
    case "mv":
      return named(paths);
    case "clean":
      return has(/^-[a-zA-Z]*f|^--force/u) ? named(paths.length > 0 ? paths : ["."]) : [];
    case "checkout":
      return has(/^(?:-b|-B|--orphan)$/u) ? [] : named(paths);
    case "restore":
      return has(/^(?:-S|--staged)$/u) && !has(/^(?:-W|--worktree|-SW|-WS)$/u) ? [] : named(paths);
    case "stash":
      return /^(?:list|show|pop|apply|drop|branch)$/u.test(operands[0] ?? "") ? [] : named(paths);
    case "reset":
      return has(/^--(?:hard|merge|keep)$/u) ? named(paths) : [];
    case "apply":
    case "am":
      return named([...values("--directory", "--include")].map((path) => path.replace(/\/\*+$/u, "")));
    case "clone":
    case "init":
    case "worktree":
    case "submodule":
      return named(paths.slice(name === "init" ? 0 : 1));
    default:
      return outputs;
  }
}

/** `:/docs` and `:(top)docs` count from the top; `:!docs` is left out. */
function withoutMagic(path: string): string {
  return /^:(?:!|\^|\(exclude\))/u.test(path) ? "" : path.replace(/^:(?:\/|\([^)]*\))/u, "");
}

import { below, itself, type Effect } from "./effect.ts";
import { gitEffects } from "./git-effects.ts";
import { operandsOf, readOptions, type Options } from "./options.ts";

type Rule = (args: readonly string[]) => readonly Effect[];

const ALL: Rule = (args) => itself(operandsOf(args));
const NONE: Rule = () => [];

/** `cp a b c folder`: the last, or what `-t` names, and there the names of the others. */
const copies =
  (valued: string): Rule =>
  (args) => {
    const { values, operands } = readOptions(args, `-t --target-directory ${valued}`);
    const target = values("-t", "--target-directory");
    const folder = target[0] ?? operands.at(-1) ?? "";
    const sources = target.length > 0 ? operands : operands.slice(0, -1);
    return itself([folder, ...sources.map((source) => `${folder}/${source.split("/").findLast(Boolean) ?? ""}`)]);
  };
const COPY = copies("-S --suffix -m -o -g --mode --owner --group");

/** Programs that rewrite their operands, with an option or without; the first operand is a script unless `-e` gives it. */
const inPlace =
  (isInPlace: (options: Options) => boolean, scripts: string): Rule =>
  (args) => {
    const options = readOptions(args, `${scripts} -F -v`);
    if (!isInPlace(options)) return [];
    return itself(options.values(...scripts.split(" ")).length > 0 ? options.operands : options.operands.slice(1));
  };
const PERL = inPlace(
  ({ flags }) => flags.some((flag) => /^-(?!-|e)[\w.]*i/u.test(flag)),
  "-e -E -pe -ne -pie -i -ie -lpe -lne -0pe -0777pe -pi.bak -0pie -0777pie",
);

const SED: Rule = (args) => {
  const script = args.map((word) => /(?:^|[;}/\d\s])w\s+(\S+)/u.exec(word)?.[1] ?? "").filter(Boolean);
  const rewrites = inPlace(
    ({ flags }) => flags.some((flag) => /^-[a-zA-Z]*i|^--in-place/u.test(flag)),
    "-e --expression -f --file -ne -ie",
  );
  return [...itself(script), ...rewrites(args)];
};

const AWK: Rule = (args) => {
  const printed = args.flatMap((word) => [...word.matchAll(/>\s*"([^"]*)"/gu)].map((match) => match[1] ?? ""));
  const at = args.findIndex((word, index) => /^(?:--include=)?inplace$/u.test(word) && index > 0);
  return itself([...printed, ...(at === -1 ? [] : operandsOf(args.slice(at + 1)).slice(1))]);
};

const TAR: Rule = (args) => {
  const { values, operands, flags } = readOptions(
    args.map((word, at) => (at === 0 && /^[a-zA-Z]+$/u.test(word) ? `-${word}` : word)),
    "-C --directory -f --file -T -X --exclude",
  );
  const letters = flags.filter((flag) => /^-[a-zA-Z]+$/u.test(flag)).join("");
  // `tar xf a.tar docs`: of a cluster that ends in f the archive is the first operand.
  const clustered = flags.some((flag) => /^-[a-zA-Z]+f$/u.test(flag));
  const members = clustered ? operands.slice(1) : operands;
  if (/x/u.test(letters) || flags.includes("--extract")) {
    const folder = values("-C", "--directory").at(-1) ?? ".";
    return itself([folder, ...members.map((member) => `${folder}/${member}`)]);
  }
  if (/t/u.test(letters)) return [];
  const archive = [...values("-f", "--file"), ...(clustered ? operands.slice(0, 1) : [])];
  return [...itself(archive), ...(flags.includes("--remove-files") ? below(members) : [])];
};

const UNZIP: Rule = (args) => {
  const { values, flags } = readOptions(args, "-d -x -P");
  return flags.some((flag) => /^-[a-zA-Z]*[lptvzZ]/u.test(flag)) ? [] : itself([values("-d").at(-1) ?? "."]);
};

const RSYNC: Rule = (args) => {
  const { operands, flags } = readOptions(args, "-e --rsh --exclude --include --filter -f --files-from");
  const moved = flags.includes("--remove-source-files") ? itself(operands.slice(0, -1)) : [];
  const target = copies("-e --rsh --exclude --include --filter -f --files-from")(args);
  const isMirror = flags.some((flag) => flag.startsWith("--del"));
  return [...target, ...moved, ...(isMirror ? below(operands.slice(-1)) : [])];
};

const PACK: Rule = (args) =>
  args.some((word) => /^-[a-z\d]*[clt]|^--(?:stdout|list|test)/u.test(word)) ? [] : ALL(args);

const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  [
    "rm",
    (args) => (args.some((word) => /^-[a-zA-Z]*[rR]|^--recursive/u.test(word)) ? below(operandsOf(args)) : ALL(args)),
  ],
  ...["rmdir", "unlink", "shred", "mkfifo", "mknod", "chmod", "chown", "chgrp", "chattr", "setfacl"].map(
    (name): [string, Rule] => [name, ALL],
  ),
  ...[
    "tee",
    "sponge",
    "ed",
    "ex",
    "vi",
    "vim",
    "nvim",
    "nano",
    "dos2unix",
    "unix2dos",
    "rename",
    "trash",
    "rimraf",
  ].map((name): [string, Rule] => [
    name,
    name === "trash" || name === "rimraf" ? (args) => below(operandsOf(args)) : ALL,
  ]),
  ["truncate", (args) => itself(readOptions(args, "-s --size -r --reference").operands)],
  ["touch", (args) => itself(readOptions(args, "-d --date -t -r --reference").operands)],
  ["ln", (args) => [...ALL(args), ...COPY(args)]],
  ["mv", (args) => [...below(operandsOf(args)), ...COPY(args)]],
  ...["cp", "install", "scp", "gcp", "ditto", "split"].map((name): [string, Rule] => [name, COPY]),
  ["rsync", RSYNC],
  ["dd", (args) => itself(args.filter((word) => word.startsWith("of=")).map((word) => word.slice(3)))],
  ["sed", SED],
  ["gsed", SED],
  ["perl", PERL],
  ["ruby", PERL],
  ...["awk", "gawk", "mawk", "nawk"].map((name): [string, Rule] => [name, AWK]),
  ["tar", TAR],
  ["bsdtar", TAR],
  ["unzip", UNZIP],
  ...["gzip", "gunzip", "bzip2", "bunzip2", "xz", "unxz", "zstd"].map((name): [string, Rule] => [name, PACK]),
  ["zip", (args) => itself(operandsOf(args).slice(0, args.includes("-m") ? undefined : 1))],
  ["7z", (args) => itself(args.filter((word) => /^-o./u.test(word)).map((word) => word.slice(2)))],
  ["cpio", (args) => itself(readOptions(args, "-D --directory").values("-D", "--directory"))],
  [
    "patch",
    (args) => {
      const { values, operands } = readOptions(args, "-d --directory -i --input -o --output -p");
      return itself([...values("-d", "--directory", "-o", "--output"), ...operands.slice(0, 1)]);
    },
  ],
  [
    "wget",
    (args) => {
      const { values } = readOptions(args, "-O --output-document -P --directory-prefix -o --output-file -a");
      return itself(values("-O", "--output-document", "-P", "--directory-prefix", "-o", "--output-file", "-a"));
    },
  ],
  ["git", gitEffects],
  ...[
    "grep",
    "egrep",
    "fgrep",
    "rg",
    "ag",
    "ack",
    "ls",
    "ps",
    "ssh",
    "echo",
    "printf",
    "cat",
    "cut",
    "set",
    "lsof",
  ].map((name): [string, Rule] => [name, NONE]),
]);

/** Options of many programs that name what they write, and those that make them rewrite what they are given. */
const OTHERS: Rule = (args) => {
  const outputs =
    "-o --output --output-dir --output-file --outfile --out --outdir --outDir --outFile --dump-header --cookie-jar";
  const { values, flags, operands } = readOptions(args, outputs);
  const rewrites = flags.some((flag) => /^--(?:in-?place|write|fix|overwrite)\b/u.test(flag));
  return itself([...values(...outputs.split(" ")), ...(rewrites ? operands : [])]);
};
const SHORT_WRITERS = /^(?:prettier|gofmt|gofumpt|goimports|shfmt|oxfmt|yq)$/u;

/** What a command with this name and these arguments changes, or null for a program of which nothing is known. */
export function effectsOf(program: string, args: readonly string[]): readonly Effect[] | null {
  const rule = RULES.get(program);
  if (rule !== undefined) return rule(args);
  const written = SHORT_WRITERS.test(program) && args.some((word) => /^-(?:w|i)$/u.test(word)) ? ALL(args) : [];
  const found = [...OTHERS(args), ...written];
  return found.length === 0 ? null : found;
}

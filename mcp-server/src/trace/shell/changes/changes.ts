import { itself, type Effect } from "./effect.ts";
import { effectsOf } from "./effects.ts";
import { readFind } from "./find.ts";
import { brackets, inputOf, withoutInputs } from "./inputs.ts";
import { commandsBehind, runsElsewhere } from "../launchers.ts";
import { listedBy } from "./listings.ts";
import { operandsOf, readOptions } from "./options.ts";
import { patchedBy, programEffects, programOf } from "./programs.ts";
import { splitLine, type Part } from "../split.ts";
import {
  addTo,
  createReading,
  expandAll,
  fromFolder,
  look,
  MAX_VALUES,
  printedBy,
  UNKNOWN,
  type Reading,
} from "./reading.ts";
import { liftSubstitutions } from "./substitutions.ts";
import { assignmentsOf } from "./variables.ts";
import { words } from "../words.ts";

/** What a command gets from the one before it, as far as the line tells: names of files, and text. */
type Fed = { readonly names: readonly Effect[]; readonly input: string };

/** The longest path of Linux, in bytes. */
const MAX_PATH = 4096;
/** Stands for the files that another command finds: `find … -exec rm {}`, `… | xargs rm`. */
const FOUND = "\0found";
const NOTHING: Fed = { names: [], input: "" };
const SHELL = /^(?:ba|z|da|k|a|fi)?sh$/u;
const FUNCTION = /^(?:function )?[\w-]+ \{ /u;

/**
 * The paths that a shell line writes, moves or removes, as far as its text tells; relative ones count from the folder
 * that the line starts in. `project` is what `git rev-parse --show-toplevel` and `$CLAUDE_PROJECT_DIR` stand for. What
 * no text tells (the lines of a file, the content of a patch) is left out. Reads the first 20,000 characters.
 */
export function changesOf(line: string, project: string): readonly Effect[] {
  const reading = createReading(project);
  readLine(reading, line.slice(0, 20_000));
  return reading.changes;
}

/** Reads a line in a shell of its own: the folder is afterwards what it was. */
function readLine(reading: Reading, line: string): void {
  look(reading, line.length, undefined, () => {
    readParts(reading, splitLine(liftSubstitutions(line, reading.lifted)));
  });
}

function readParts(reading: Reading, parts: readonly Part[]): void {
  const shells: string[] = [];
  const groups: string[] = [];
  const start = reading.folder;
  let fed = NOTHING;
  for (const part of parts) {
    while (shells.length < part.depth) shells.push(reading.folder);
    while (shells.length > part.depth) reading.folder = shells.pop() ?? "";
    const { opened, closed } = brackets(part.raw);
    for (let count = 0; count < opened; count += 1) groups.push(reading.folder);
    fed = readPart(reading, part, part.before.startsWith("|") && part.before !== "||" ? fed : NOTHING);
    for (let count = 0; count < closed; count += 1) reading.folder = groups.pop() ?? reading.folder;
  }
  reading.folder = start;
}

/** Notes what one command changes, and returns what it prints. */
function readPart(reading: Reading, part: Part, fed: Fed): Fed {
  if (part.isElsewhere) return NOTHING;
  // In single quotes, of a script that is handed to a shell, nothing has been taken out yet.
  if (/\$\(|`|[<>]\(/u.test(part.raw) && part.depth > 0) {
    readLine(reading, part.raw);
    return NOTHING;
  }
  readInner(reading, part.raw);
  for (const [variable, values] of assignmentsOf(part.raw))
    reading.variables.set(variable, expandAll(reading, values).slice(0, MAX_VALUES));
  for (const target of part.redirects) addTo(reading, itself(expandAll(reading, words(target))));
  const text = part.text.replace(FUNCTION, "");
  const command = expandAll(reading, withoutInputs(words(text)));
  const [name = "", ...args] = command;
  if (name === "cd" || name === "pushd") {
    const target = fromFolder(reading, operandsOf(args)[0] ?? "~");
    reading.folder = /(?:^|\/)-$/u.test(target) || target.length > MAX_PATH ? UNKNOWN : target;
  } else if (name === "for" || name === "select") reading.variables.set(args[0] ?? "", args.slice(2, 2 + MAX_VALUES));
  else if (name === "read" && fed.names.length > 0)
    for (const variable of operandsOf(args))
      reading.variables.set(
        variable,
        fed.names.slice(0, MAX_VALUES).map(({ path }) => path),
      );
  const input = inputOf(reading.lifted, part.raw) ?? fed.input;
  run(reading, command, text, { names: fed.names, input });
  const isPrinting = name === "echo" || name === "printf";
  return {
    names: listedBy(command, fed.names),
    input: isPrinting ? args.join(" ") : name === "cat" || name === "tee" ? input : "",
  };
}

/** Reads the commands inside a part; each of them then stands for what it prints. */
function readInner(reading: Reading, raw: string): void {
  for (const [, number = ""] of raw.matchAll(/\$\{__(\d+)\}/gu)) {
    const inner = reading.lifted.inner[Number(number)];
    if (inner === undefined || reading.variables.has(`__${number}`)) continue;
    reading.variables.set(`__${number}`, [UNKNOWN]);
    look(reading, inner.length, undefined, () => {
      readParts(reading, splitLine(inner));
    });
    reading.variables.set(`__${number}`, printedBy(reading, expandAll(reading, words(inner))));
  }
}

/** Notes what a command changes; false when nothing is known of its program. */
function run(reading: Reading, command: readonly string[], text: string, fed: Fed): boolean {
  const [written = "", ...args] = command;
  const name =
    written
      .split(/[/\\]/u)
      .at(-1)
      ?.replace(/\.exe$/u, "") ?? "";
  if (runsElsewhere(text)) return true;
  if (SHELL.test(name)) {
    const { flags } = readOptions(args);
    const at = args.findIndex((word) => /^-\w*c$/u.test(word));
    if (at !== -1) {
      args.slice(at + 2).forEach((value, index) => reading.variables.set(String(index), [value]));
      reading.variables.set("@", args.slice(at + 3));
      readLine(reading, args[at + 1] ?? "");
    } else if (flags.length === args.length) readLine(reading, fed.input);
    return true;
  }
  if (/^(?:eval|trap|watch|su|script|builtin)$/u.test(name)) {
    const values = readOptions(args, "-c").values("-c");
    readLine(reading, values[0] ?? (name === "trap" ? (args[0] ?? "") : operandsOf(args).join(" ")));
    return true;
  }
  if (name === "find") return runFind(reading, args, fed);
  const program = programOf(name, args, fed.input);
  if (program !== null) {
    const { effects, lines } = programEffects(program);
    addTo(reading, effects);
    for (const line of lines) readLine(reading, line);
  }
  if (fed.input !== "") addTo(reading, itself(patchedBy(name, fed.input)));
  if (name === "xargs" || name === "parallel")
    return onFound(reading, fed.names, () => runBehind(reading, [...command, FOUND], text, fed));
  if (runBehind(reading, command, text, fed)) return true;
  const effects = effectsOf(name, args);
  addTo(reading, effects ?? []);
  return effects !== null;
}

function runBehind(reading: Reading, command: readonly string[], text: string, fed: Fed): boolean {
  for (const behind of commandsBehind(text)) {
    const inner = expandAll(reading, words(behind));
    const added = command.includes(FOUND) ? [FOUND] : [];
    if (look(reading, behind.length, true, () => run(reading, [...inner, ...added], behind, fed))) return true;
  }
  return false;
}

function runFind(reading: Reading, args: readonly string[], fed: Fed): boolean {
  const { found, commands, isDeleting, reports } = readFind(args);
  addTo(reading, [...itself(reports), ...(isDeleting ? found : [])]);
  for (const command of commands) {
    const given = command.map((word) => word.replaceAll("{}", FOUND));
    const text = command.map((word) => (/\s/u.test(word) ? `'${word}'` : word)).join(" ");
    look(reading, text.length, true, () => onFound(reading, found, () => run(reading, given, text, fed)));
  }
  return true;
}

/** Runs a command on files that were found: what it does to its operand it does to each of them. */
function onFound(reading: Reading, found: readonly Effect[], runIt: () => boolean): boolean {
  const before = reading.changes.length;
  const isKnown = runIt();
  const mine = reading.changes.splice(before);
  for (const effect of mine) if (!effect.path.includes(FOUND)) reading.changes.push(effect);
  if (mine.some(({ path }) => path.includes(FOUND))) addTo(reading, found);
  return isKnown;
}

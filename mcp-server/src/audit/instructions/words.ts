// What two texts have in common, whatever language they are in: words without their endings, parts of identifiers, and
// pairs of characters where a script writes no spaces between words.

const RUN = /[\p{L}\p{M}\p{N}]+/gu;
// Most lines are plain, and plain patterns are faster.
const PLAIN = /^[\t -~]*$/u;
const PLAIN_RUN = /[A-Za-z0-9]+/g;
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー]+/u;
const UNSPACED_RUNS = new RegExp(`(${UNSPACED.source})`, "u");
const INFLECTED = /^[\p{Script=Latin}\p{M}\p{N}]+$/u;
/** So many characters of a text are read. */
const MAX_READ = 2000;
/** A word is told by its first so many letters: `documents`, `documentation`. */
const STEM = 8;

/** English words that say nothing of a matter; those of other languages are told by how often they occur. */
const EMPTY = new Set(
  (
    "a about above after again all also am an and any are as at be been before being below both but by can could did do does doing done don down each else " +
    "even few for from further get gets got had has have having he her here him his how i if in into is isn it its itself just let lets like ll make me " +
    "more most my need no nor not now of off ok okay on once one only or other our ours out over own please re s same she should so some still such t " +
    "than that the their them then there these they this those through to too two under until up us use used using very via want was way we well were what " +
    "when where whether which while who why will with without would yes yet you your yours"
  ).split(" "),
);

/** The terms of a text, each once, in the order of their first use. */
export function termsOf(text: string): readonly string[] {
  return [...new Set(runsIn(text).flatMap(termsOfRun))];
}

/** The words of a text as they stand, and its runs of a script without spaces, in their order. */
export function runsIn(text: string): readonly string[] {
  const start = text.slice(0, MAX_READ);
  if (PLAIN.test(start)) return start.match(PLAIN_RUN) ?? [];
  return (start.normalize("NFKC").match(RUN) ?? []).flatMap((run) =>
    UNSPACED.test(run) ? run.split(UNSPACED_RUNS).filter((part) => part !== "") : [run],
  );
}

/** The terms of a run: a word and the parts of an identifier, or pairs of characters. */
export function termsOfRun(run: string): readonly string[] {
  return UNSPACED.test(run) ? pairsOf(run) : termsOfWord(run);
}

function termsOfWord(run: string): readonly string[] {
  const parts = /\p{Lu}/u.test(run.slice(1))
    ? run
        .replaceAll(/(\p{Ll}|\p{N})(\p{Lu})/gu, "$1 $2")
        .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1 $2")
        .split(" ")
    : [run];
  return (parts.length > 1 ? [...parts, run] : parts)
    .map((part) => part.toLowerCase())
    .filter((lower) => lower.length > 1 && !EMPTY.has(lower) && !/^\p{N}+$/u.test(lower))
    .map(toStem);
}

function pairsOf(run: string): readonly string[] {
  const characters = run.match(/[\s\S]/gu) ?? [];
  if (characters.length === 1) return [run];
  return characters.slice(1).map((second, at) => `${characters[at] ?? ""}${second}`);
}

/** Languages in these letters end their words in more ways than can be listed: two letters less are the word. */
const MANY_ENDINGS = /^[\p{Script=Cyrillic}\p{Script=Greek}\p{M}]+$/u;

/** The word without a common English ending, and no longer than a stem. Two spellings of one word give the same. */
function toStem(word: string): string {
  if (MANY_ENDINGS.test(word)) return word.slice(0, Math.min(STEM, Math.max(4, word.length - 2)));
  if (!INFLECTED.test(word)) return word;
  let stem = word;
  if (stem.length > 4)
    stem = stem
      .replace(/ies$/u, "y")
      .replace(/(?<=[sxz]|[cs]h)es$/u, "")
      .replace(/(?<=[^su])s$/u, "");
  if (stem.length > 4) stem = stem.replace(/(?:ing|ed|ly)$/u, "");
  if (stem.length > 3) stem = stem.replace(/e$/u, "").replace(/([^aeious])\1$/u, "$1");
  return stem.slice(0, STEM);
}

const PATH =
  /(?<![\p{L}\p{N}_./-])(?=[\p{L}\p{N}_.@~*/-])[\p{L}\p{N}_.@~*-]*(?:\/[\p{L}\p{N}_.@*{},-]+)*\/?(?![\p{L}\p{N}_/])/gu;
const PLAIN_PATH = /(?<![\w./-])(?=[\w.@~*/-])[\w.@~*-]*(?:\/[\w.@*{},-]+)*\/?(?![\w/])/g;
const FILE = /^[^*]*\.[A-Za-z]\w{0,7}$/u;

/** The files and kinds of files that a text names: `file:state.go` for `cmd/state.go`, `kind:tsx` for `src/*.tsx`. */
export function namedFiles(text: string): readonly string[] {
  const start = text.slice(0, MAX_READ);
  // No name is without a dot or star that something follows; most lines have none.
  if (!/[./]/u.test(text) || !/[.*]\S/u.test(start)) return [];
  const names = new Set<string>();
  for (const path of start.match(PLAIN.test(start) ? PLAIN_PATH : PATH) ?? []) {
    if (!/[.*]/u.test(path)) continue;
    const name = path.split("/").findLast((step) => step !== "") ?? "";
    const kind = /^[*.][^/]*?\.?(\w{1,8})$/u.exec(name)?.[1];
    if (name.includes("*") || (name.startsWith(".") && !path.includes("/"))) {
      if (kind !== undefined) names.add(`kind:${kind.toLowerCase()}`);
    } else if (FILE.test(name)) names.add(`file:${name.toLowerCase()}`);
  }
  return [...names];
}

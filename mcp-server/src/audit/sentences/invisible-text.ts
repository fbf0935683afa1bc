// Unicode's own list of what is drawn as nothing (Default_Ignorable_Code_Point: format characters, variation selectors, tags,
// fillers), controls, private, unassigned and lone surrogate code points, and the braille blank.
const INVISIBLE = /[\p{DI}\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\u2028\u2029\u2800]/u;
/**
 * Emoji are drawn although joiners, selectors and tags are parts of them. The flag is not one that TypeScript's target knows.
 * Made when it is needed: it takes about half as long as the start of Node, which each hook would wait for.
 */
const toEmoji = (): RegExp => new RegExp(String.raw`\p{RGI_Emoji}`, "gv");
let emoji: RegExp | null = null;
/** Scripts in which one joiner between two letters changes how they are drawn. */
const JOINED =
  /(?<=[\p{scx=Arab}\p{scx=Deva}\p{scx=Beng}\p{scx=Mlym}\p{scx=Sinh}\p{scx=Knda}\p{scx=Taml}\p{scx=Telu}\p{scx=Mong}])[\u200c\u200d](?=\p{L})/gu;

/** Whether a line holds what a reader of the rendered text would not see. */
export function isHiding(line: string): boolean {
  return line.includes("<!--") || hasInvisible(line);
}

function hasInvisible(line: string): boolean {
  if (!INVISIBLE.test(line)) return false;
  emoji ??= toEmoji();
  return INVISIBLE.test(line.replaceAll(emoji, "x").replaceAll(JOINED, ""));
}

/** A text on one line of at most `max` characters, with what is invisible in it written out. */
export function showText(text: string, max: number): string {
  const one = text.replaceAll("\n", " ").replaceAll("\t", "  ");
  const visible = one.replaceAll(
    new RegExp(INVISIBLE, "gu"),
    (char) => `<U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase()}>`,
  );
  return visible.length > max ? `${visible.slice(0, max - 1)}…` : visible;
}

/** Longer lines, and wider gaps in a line, reach out of the window in which a human reads them. */
const MAX_LINE = 2000;
const GAP = /\S[^\S\n]{40,}\S/u;
/** Inline code shows what it holds. An escaped backtick begins none. */
export const CODE_SPAN = /(?<![\\`])(`+)(?!`)[^`\n]+(?<!`)\1(?!`)/gu;
/** Punctuation behind a backslash is shown as it is. */
const ESCAPED = /\\[!-/:-@[-`{-~]/gu;
/** Comments, declarations and processing instructions, to their end or the text's. */
const UNSEEN = /<!--[\s\S]*?(?:-->|$)|<![A-Za-z[][^>]*>?|<\?[^>]*>?/gu;
const TAG = /<\/?[A-Za-z][^<>]*>?/gu;
/** Tags of which more than the name is not shown: attributes, and elements whose content is hidden or replaced. */
const HIDING_TAG =
  /^<(?:\/?[A-Za-z][\w:-]*[\s/]+[^\s/>]|(?:details|template|script|style|head|title|noscript|svg|math|object|iframe|select|option|dialog|audio|video|canvas|map|datalist|textarea)\b)/iu;
/** A link or image shows its text and not where it leads; a definition shows nothing at all. */
const LINK = /!?\[[^\][\n]*\](?:\([^)\n]*\)?|\[[^\][\n]*\])/gu;
const DEFINITION = /^[ \t>*-]*\[[^\][\n]+\]:[^\n]*/gmu;

/**
 * What of a text its human reader would not see, piece by piece: each line with an invisible character, a gap or a length
 * that leaves the window; comments, tags, links and images outside inline code. Line breaks and tabs are seen.
 */
export function hiddenParts(text: string): readonly string[] {
  return [...hiddenLines(text), ...partsOf(text, () => true)];
}

/** The same, less tags that hide nothing but their own name, as in "Fix the <Button>". */
export function hiddenWords(text: string): readonly string[] {
  return [...hiddenLines(text), ...partsOf(text, (tag) => HIDING_TAG.test(tag))];
}

function hiddenLines(text: string): readonly string[] {
  return text
    .replace(/^\ufeff/u, "")
    .split(/\r\n|\n/u)
    .map((line) => line.replaceAll("\t", " "))
    .filter((line) => line.length > MAX_LINE || GAP.test(line) || hasInvisible(line));
}

function partsOf(text: string, isHidingTag: (tag: string) => boolean): readonly string[] {
  const shown = text.replaceAll(CODE_SPAN, "`code`").replaceAll(ESCAPED, "x");
  const find = (pattern: RegExp, source = shown): readonly string[] => source.match(pattern) ?? [];
  const tags = find(TAG, shown.replaceAll(UNSEEN, " ")).filter(isHidingTag);
  return [...find(UNSEEN), ...tags, ...find(LINK), ...find(DEFINITION)];
}

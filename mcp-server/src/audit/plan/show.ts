import { CODE_SPAN } from "../sentences/invisible-text.ts";
import { toOneLine, truncate } from "../../trace/values/names.ts";

/**
 * A text from outside as a line of a plan, so that a reader of the rendered plan sees all of it: what markdown would take
 * for a tag, a link, an image or an entity is escaped, but inside code, where a backslash would be seen. A backtick that
 * belongs to no code is escaped, so that none of another text on the line closes it. One line, without what no reader sees.
 */
export function showText(text: string): string {
  return outsideCode(toVisible(text), (part) =>
    part.replace(/<(?=[A-Za-z/!?])|\](?=[([:])|&(?=#|\w+;)|`|\\(?=[<\]&\\`])/gu, (char) => `\\${char}`),
  );
}

/** The text that `showText` showed. */
export function readText(shown: string): string {
  return outsideCode(shown, (part) => part.replace(/\\([<\]&\\`])/gu, "$1"));
}

/** A text from outside between quotation marks, at most `max` characters of it. Code that is cut off stays code. */
export function quoteText(text: string, max: number): string {
  const all = toVisible(text);
  const cut = truncate(all, max);
  const end = cut.length - 1;
  const open = [...all.matchAll(CODE_SPAN)].find(({ 0: code, index }) => index < end && index + code.length > end);
  return `“${showText(cut === all ? all : cut + (open?.[1] ?? ""))}”`;
}

function outsideCode(text: string, change: (part: string) => string): string {
  let at = 0;
  const parts = [...text.matchAll(CODE_SPAN)].map(({ 0: code, index }) => {
    const before = text.slice(at, index);
    at = index + code.length;
    return change(before) + code;
  });
  return parts.join("") + change(text.slice(at));
}

/** The first words of a text, at most so many, shown; `…` where it goes on. Code that is cut off stays code. */
export function showStart(text: string, words: number): string {
  const all = toVisible(text);
  const cut = all
    .split(" ")
    .slice(0, words)
    .join(" ")
    .replace(/[,;:.]$/u, "");
  if (all.split(" ").length <= words) return showText(all);
  const open = [...all.matchAll(CODE_SPAN)].find(
    ({ 0: code, index }) => index < cut.length && index + code.length > cut.length,
  );
  return showText(`${cut}…${open?.[1] ?? ""}`);
}

/** A sentence with a full stop, unless it ends in another way. */
export function endSentence(text: string): string {
  return /[.!?…]$/u.test(text) ? text : `${text}.`;
}

/** One line without what a reader does not see. */
function toVisible(text: string): string {
  const shown = text.toWellFormed().replace(/[\p{Default_Ignorable_Code_Point}\u2800]/gu, "");
  return toOneLine(shown).replaceAll("<!--", "<! --");
}

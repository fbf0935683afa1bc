import { toOneLine, truncate } from "../../trace/values/names.ts";

/**
 * A text from outside as a line of a plan, so that a reader of the rendered plan sees all of it: what markdown would take
 * for a tag, a link, an image or an entity is escaped. One line, without what no reader sees.
 */
export function showText(text: string): string {
  return toVisible(text).replace(/<(?=[A-Za-z/!?])|\](?=[([:])|&(?=#|\w+;)|\\(?=[<\]&\\])/gu, (char) => `\\${char}`);
}

/** The text that `showText` showed. */
export function readText(shown: string): string {
  return shown.replace(/\\([<\]&\\])/gu, "$1");
}

/** A text from outside between quotation marks, at most `max` characters of it. */
export function quoteText(text: string, max: number): string {
  return `“${showText(truncate(toVisible(text), max))}”`;
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

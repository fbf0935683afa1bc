import { redactSecrets } from "../../trace/redact/redact.ts";
import { toName, toOneLine, truncate } from "../../trace/values/names.ts";
import { perLine, type Line } from "./lines.ts";

/** A line is shown up to so many characters. */
export const MAX_SHOWN = 240;
/** So much of a line is looked at for secrets: what a redaction makes shorter lets more of the line be shown. */
const MAX_READ = 3000;

/**
 * A line as it is shown, `CLAUDE.md:14 Run npm test`: in one visible line, secrets redacted before it is cut. As each begins
 * with its place, none of them can be taken for the words around it.
 */
export const showLine = perLine(({ file, number, text }) =>
  `${toShownPath(file.path)}:${number} ${toShownText(text)}`.trimEnd(),
);

/** The room that a line takes, its end included; with a secret redacted it can be a little more or less. */
export function costOf({ file, number, text }: Line): number {
  return file.path.length + String(number).length + 3 + Math.min(text.length, MAX_SHOWN);
}

/** What a line says, without its place. */
export function toShownText(text: string, max = MAX_SHOWN): string {
  // A word that the bound cuts could be a secret that its half does not give away.
  const start = text.length <= MAX_READ ? text : text.slice(0, MAX_READ).replace(/\S{0,200}$/u, "");
  return truncate(redactSecrets(toOneLine(start)), max);
}

export function toShownPath(path: string): string {
  return toName(path, 200);
}

import { holdsAddress } from "./addresses.ts";
import { grantsOf, type Grant } from "./grants.ts";
import { showText } from "./invisible-text.ts";

const WHY: Readonly<Record<Grant["kind"], string>> = {
  address: "it holds an address of the network",
  pipe: "it runs what a command prints",
  credential: "it holds what looks like a credential",
  permission: "it holds what grants a permission (a key of frontmatter or settings, or a switch)",
  frontmatter: "it begins as frontmatter does",
  import: "it imports a file (`@path`); put a name that is no file in backticks, as in `@Injectable`",
  "shell line": "it is a shell line that Claude Code runs by itself",
  hidden: "it holds what a reader would not see (markup, a link's target, an invisible character, an overlong line)",
};

/**
 * Why a sentence must not get into a prompt file, one reason for each piece of it that is more than a sentence; none when it
 * may. A piece that stands in one of the `existing` texts, which are the project's own prompt files, is no reason, an address
 * with or without its scheme; nor is the beginning of one that a quotation cuts off with `…`.
 */
export function judgeSentence(sentence: string, existing: readonly string[]): readonly string[] {
  const known = new Set(existing.flatMap((text) => grantsOf(text).map(toKey)));
  const isKnown = (key: string): boolean =>
    known.has(key) || (key.endsWith("…") && [...known].some((one) => one.startsWith(key.slice(0, -1))));
  const isHeld = ({ kind, text }: Grant): boolean =>
    kind === "address" && existing.some((one) => holdsAddress(one, text));
  const added = grantsOf(sentence).filter((grant) => !isKnown(toKey(grant)) && !isHeld(grant));
  return [...new Map(added.map((grant) => [toKey(grant), explainGrant(grant)])).values()];
}

/** A grant as the end of a sentence about the text that holds it. */
export function explainGrant({ kind, text }: Grant): string {
  return `${WHY[kind]}: ${showText(text, 100)}`;
}

/** Two grants are the same when both kind and text are. */
export function toKey({ kind, text }: Grant): string {
  return `${kind} ${text}`;
}

import type { Diagnosis } from "../answers/prompt-engineer.ts";
import type { Translation } from "../answers/refactoring-specialist.ts";
import { findAddressingAudits, tellAddressingAudits } from "../instructions/addressing-audits.ts";
import { parseLineRange, type PromptFile } from "../instructions/prompt-file.ts";
import { endSentence, quoteText, showText } from "./show.ts";

const MAX_QUOTED = 240;
const MAX_GROUPS = 3;

/** What the human is told beside issues and changes, a sentence each: lines that address audits, and the agents' own notes. */
export function tellNotes(
  diagnosis: Diagnosis,
  translation: Translation | null,
  files: readonly PromptFile[],
): readonly string[] {
  const found = tellAddressingAudits(findAddressingAudits(files)).slice(0, MAX_GROUPS);
  return [
    ...found.map(
      ({ where, text }) =>
        `${where} ${where.includes("-") ? "address" : "addresses"} audits: ${quoteText(text, MAX_QUOTED)} Nothing here follows that. Look at ${where.includes("-") ? "these lines, and delete them if they are" : "this line, and delete it if it is"} not yours.`,
    ),
    ...[diagnosis.note, translation?.note].flatMap((note) =>
      note === undefined || repeats(note, found) ? [] : [endSentence(showText(note))],
    ),
    ...tellUnaddressed(diagnosis, translation),
  ];
}

/** Issues that the translator left as they are, which it may where they are not sure enough. */
function tellUnaddressed({ issues }: Diagnosis, translation: Translation | null): readonly string[] {
  if (translation === null) return [];
  const left = issues.flatMap((_issue, at) =>
    translation.changes.some(({ addresses }) => addresses.includes(at)) ? [] : [at + 1],
  );
  if (left.length === 0) return [];
  return [
    left.length === 1
      ? `Issue ${left.join("")} has no change, because its confidence is low.`
      : `Issues ${left.join(", ")} have no change, because their confidence is low.`,
  ];
}

/** A note about lines that are told already, and about no other. */
function repeats(note: string, found: readonly { readonly where: string }[]): boolean {
  const named = note.match(/[\w./-]+:\d+(?:-\d+)?/gu) ?? [];
  return named.length > 0 && named.every((name) => found.some(({ where }) => isWithin(name, where)));
}

function isWithin(name: string, where: string): boolean {
  const [one, other] = [name, where].map(parseLineRange);
  return one != null && other != null && one.path === other.path && one.first >= other.first && one.last <= other.last;
}

import { MARKS_PATH } from "../layout/places.ts";
import { dateOf, type KeptPlan } from "../plan/kept-plan.ts";
import type { Symptom } from "./symptoms.ts";

/** As many audits as a row links. */
const MAX_LINKS = 5;
const FILE = MARKS_PATH.slice(MARKS_PATH.lastIndexOf("/") + 1);

/** The part of the index about kinds of symptoms; "" where no plan names any. */
export function formatSymptoms(symptoms: readonly Symptom[]): string {
  if (symptoms.length === 0) return "";
  return `
## Symptoms

A line \`- KIND: wrong\` or \`- KIND: not wanted, YYYY-MM-DD\` in ${FILE}, a file of yours in this folder, keeps a kind from being proposed
again until it shows in more runs or turns than it did.

| Kind | Since | Seen in | What was done | Came back | Marked |
| --- | --- | --- | --- | --- | --- |
${symptoms.map((symptom) => `| ${toRow(symptom).join(" | ")} |\n`).join("")}`;
}

function toRow({ kind, audits, executed, isBack, extent, mark }: Symptom): readonly string[] {
  const [first] = audits;
  const approved = audits.findLast(({ status }) => status !== null);
  return [
    `\`${kind}\``,
    first === undefined ? "" : dateOf(first.file),
    toLinks(audits),
    executed !== null
      ? `changed, ${toLink(executed)}`
      : approved === undefined
        ? "proposed"
        : `${approved.status?.event === "undone" ? "undone" : "approved"}, ${toLink(approved)}`,
    executed === null ? "" : isBack ? "yes" : "not seen",
    mark === null
      ? ""
      : `${mark.verdict}${mark.since === null ? "" : `, ${mark.since}`}, at ${extent} ${extent === 1 ? "run or turn" : "runs or turns"}`,
  ];
}

function toLinks(audits: readonly KeptPlan[]): string {
  const shown = audits.slice(-MAX_LINKS).toReversed().map(toLink);
  return audits.length > shown.length
    ? `${shown.join(", ")} and ${audits.length - shown.length} more`
    : shown.join(", ");
}

function toLink({ file }: KeptPlan): string {
  return `[${dateOf(file)}](${file})`;
}

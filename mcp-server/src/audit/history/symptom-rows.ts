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

| Kind | State | First seen | Seen in | What was done | Marked |
| --- | --- | --- | --- | --- | --- |
${symptoms.map((symptom) => `| ${toRow(symptom).join(" | ")} |\n`).join("")}`;
}

function toRow(symptom: Symptom): readonly string[] {
  const { kind, audits, executed, extent, mark } = symptom;
  const [first] = audits;
  const approved = audits.findLast(({ status }) => status !== null);
  return [
    `\`${kind}\``,
    toState(symptom),
    first === undefined ? "" : dateOf(first.file),
    toLinks(audits),
    executed !== null
      ? `changed, ${toLink(executed)}`
      : approved === undefined
        ? "proposed"
        : `${toApproved(approved)}, ${toLink(approved)}`,
    mark === null
      ? ""
      : `${mark.verdict}${mark.since === null ? "" : `, ${mark.since}`}, until more than ${extent} ${extent === 1 ? "run or turn" : "runs or turns"}`,
  ];
}

/** A plan that was approved and not executed: a `/plop` that was stopped may have changed files all the same. */
function toApproved({ status }: KeptPlan): string {
  if (status?.event === "undone") return "undone";
  if (status?.event === "stopped") return "approved, stopped";
  return status?.event === "executed" ? "approved, nothing changed" : "approved";
}

/** What a reader has to know first. That it was not seen says no more than how many runs were looked at. */
function toState({ executed, isBack, runsSince, mark }: Symptom): string {
  if (mark !== null) return "left out, as marked";
  if (executed === null) return "open";
  if (isBack) return "back";
  if (runsSince === 0) return "not known: no run audited since the change";
  return `not seen in ${runsSince === 1 ? "1 run" : `${runsSince} runs`} since the change`;
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

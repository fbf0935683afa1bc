import type { JsonRecord } from "../../trace/values/json.ts";
import { citable, type SummaryFacts } from "../evidence/summary-facts.ts";
import type { PromptFile } from "../instructions/prompt-file.ts";
import { judgeSentence } from "../sentences/judge-sentence.ts";
import { checkLine, type AddProblem } from "./form.ts";
import { checkSymptom } from "./symptom.ts";

const MAX_NOTE = 300;

/** A note is checked like a symptom that cites all summaries and prompt files: it names nothing that they do not show. */
export function checkNote(
  record: JsonRecord,
  facts: readonly SummaryFacts[] | null,
  files: readonly PromptFile[] | null,
  addProblem: AddProblem,
): string {
  const note = checkLine(record, "note", "answer", MAX_NOTE, addProblem);
  if (files === null) return note;
  const shown = files.map(({ path, text }) => `${path}\n${text}`).join("\n");
  if (facts !== null) checkSymptom(note, citable(facts), "answer.note", facts, addProblem, shown);
  for (const reason of judgeSentence(note, [shown])) addProblem(`answer.note is no plain sentence: ${reason}.`);
  return note;
}

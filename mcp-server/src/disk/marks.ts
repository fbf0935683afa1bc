import { join } from "node:path";
import { explainOddMarks } from "../audit/history/odd-marks.ts";
import { toSymptoms, type Symptom } from "../audit/history/symptoms.ts";
import { parseMarks, type Mark } from "../audit/layout/marks.ts";
import { MARKS_PATH } from "../audit/layout/places.ts";
import { tryRead } from "./files.ts";
import { readKeptPlans } from "./kept-plans.ts";
import { MAX_BYTES } from "./plan-file.ts";

/** What a human marked in this project; nothing where there is no such file, or a link in its place. Never throws. */
export function readMarks(projectFolder: string): ReadonlyMap<string, Mark> {
  return parseMarks(readText(projectFolder));
}

/** What to tell the human of lines of that file that mark nothing; null without any. Never throws. */
export function readOddMarks(projectFolder: string): string | null {
  return explainOddMarks(readText(projectFolder));
}

function readText(projectFolder: string): string {
  return tryRead(join(projectFolder, MARKS_PATH), MAX_BYTES)?.text ?? "";
}

/** The kinds of symptoms that this project's audits know. Never throws. */
export function readSymptoms(projectFolder: string): readonly Symptom[] {
  return toSymptoms(readKeptPlans(projectFolder), readMarks(projectFolder));
}

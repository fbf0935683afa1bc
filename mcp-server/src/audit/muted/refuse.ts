import { toChecked, type Checked } from "../answers/answer-json.ts";
import type { Diagnosis } from "../answers/prompt-engineer.ts";
import { MARKS_PATH } from "../layout/places.ts";
import type { Muted } from "./muted.ts";
import { describe } from "./words.ts";

/**
 * A checked diagnosis, refused when an issue cites a muted pattern. An issue that other evidence carries keeps its place
 * without it.
 */
export function refuseMuted(checked: Checked<Diagnosis>, muted: ReadonlyMap<string, Muted>): Checked<Diagnosis> {
  if (checked.value === null) return checked;
  const reasons = checked.value.issues.flatMap(({ evidence }, at) =>
    evidence
      .flatMap((name) => muted.get(name) ?? [])
      .map(
        (one) =>
          `issues[${at}] cites ${one.name}, which a human muted in ${MARKS_PATH} (${describe(one)}). Leave the issue out, or rest it on other evidence alone.`,
      ),
  );
  return toChecked(checked.value, reasons);
}

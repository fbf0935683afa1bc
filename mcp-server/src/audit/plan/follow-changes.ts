import { quote } from "../answers/form.ts";
import type { Change } from "../answers/refactoring-specialist.ts";
import type { PromptFile } from "../instructions/prompt-file.ts";
import { parsePlan } from "./parse.ts";
import type { Block, Plan, ProposedChange } from "./plan.ts";
import { readStep, toSteps, type ReadStep } from "./steps.ts";
import { ACCEPTANCE, HEADINGS, LAST_STEP, STEPS } from "./wording.ts";

/**
 * Whether the steps of a plan say what its changes say. `rewritten`: the steps were left as they were when the changes were
 * edited, and `text` is the plan with steps that follow. `differ`: a human wrote a step that no change says.
 */
export type Followed =
  | { readonly is: "agree" }
  | { readonly is: "rewritten"; readonly text: string }
  | { readonly is: "differ"; readonly problems: readonly string[] };

/** What an edited plan is looked at beside. */
export type Beside = {
  /** The kept plan about the same traces; null without one. */
  readonly kept: Plan | null;
  /** The prompt files as they are. */
  readonly files: readonly PromptFile[];
};

/**
 * A change stands in a plan twice, for the human and as steps of the block. Makes the steps follow from the changes, unless
 * a human wrote steps of their own: what would be executed is never another thing than what was reviewed.
 */
export function followChanges(text: string, { kept, files }: Beside): Followed {
  const { plan } = parsePlan(text);
  if (plan.block === null) return { is: "agree" };
  const written = stepsOf(plan.block);
  const rest = withoutSaid(written, plan.changes);
  if (rest.steps.length === 0 && rest.changes.length === 0) return { is: "agree" };
  const known = kept?.block == null ? [] : stepsOf(kept.block);
  const own = rest.steps.filter((step) => !known.includes(step));
  if (own.length > 0) return { is: "differ", problems: own.map((step) => explain(step, written.indexOf(step))) };
  const wanted = toSteps(plan.changes.map(toChange), files);
  const steps = wanted.map((step) => quoteAs(step, [...written, ...known]));
  return { is: "rewritten", text: write(text, steps, plan, kept) };
}

function stepsOf({ steps }: Block): readonly string[] {
  return steps.filter((step) => step !== LAST_STEP);
}

/** A change with its place as the translator gave it. Without a place it goes where the file ends. */
function toChange(shown: ProposedChange): Change {
  const { title, file, place, constraints, risk } = shown;
  const [, how, lines = ""] = /^(below|in place of) ([^,]*:[\d-]+)(?=, |$)/u.exec(place ?? "") ?? [];
  const addresses = shown.addresses.map((number) => number - 1);
  const one = { title, file, constraints: [...constraints], addresses, risk };
  if (how === "in place of") return { ...one, place: `below ${lines}`, replaces: lines };
  return { ...one, place: how === "below" ? `below ${lines}` : place === "new file" ? place : "at the end" };
}

/** The steps that no change says, and the changes that no step says. */
function withoutSaid(
  written: readonly string[],
  changes: readonly ProposedChange[],
): { readonly steps: readonly string[]; readonly changes: readonly ProposedChange[] } {
  let steps = readSteps(written);
  const unsaid = changes.filter((change) => {
    const found = findSteps(change, steps);
    steps = steps.filter((step) => found?.includes(step) !== true);
    return found === null;
  });
  return { steps: steps.map(({ step }) => step), changes: unsaid };
}

/**
 * The steps that say a change: one with all of its sentences or, in a list, one for each. What follows from the prompt files,
 * which may have changed since, is not looked at: the words of a line, and how an item of a list begins. Neither is the
 * number of the change, which moves when another one is taken out.
 */
function findSteps(change: ProposedChange, steps: readonly PlacedStep[]): readonly PlacedStep[] | null {
  for (const texts of [[change.constraints.join(" ")], change.constraints]) {
    const left = [...steps];
    const found = texts.flatMap((text) => {
      const at = left.findIndex((step) => says(step, change, text));
      return at === -1 ? [] : left.splice(at, 1);
    });
    if (found.length === texts.length) return found;
  }
  return null;
}

function says({ read, where }: PlacedStep, { file, place }: ProposedChange, sentence: string): boolean {
  if (read === null || read.file !== file || flat(read.text) !== flat(sentence)) return false;
  return place === null || where === null || placesOf(place).includes(where);
}

/** A step with its place by a line of the file, also where its words say `below what step 2 wrote`. */
type PlacedStep = { readonly step: string; readonly read: ReadStep | null; readonly where: string | null };

function readSteps(written: readonly string[]): readonly PlacedStep[] {
  const placed: PlacedStep[] = [];
  for (const step of written) {
    const read = readStep(step);
    const [, number] = /^below what step (\d+) wrote add$/u.exec(read?.where ?? "") ?? [];
    const above = number === undefined ? null : (placed[Number(number) - 1]?.where ?? null);
    const [line] = /\d+(?= (?:by|add)$)/u.exec(above ?? "") ?? [];
    placed.push({ step, read, where: line === undefined ? (read?.where ?? null) : `below line ${line} add` });
  }
  return placed;
}

/** The words that steps have for a place of a change; below replaced lines stands what follows in their list. */
function placesOf(place: string): readonly string[] {
  const [, how, first = "", last = first] = /^(below|in place of) [^,]*:(\d+)(?:-(\d+))?(?=, |$)/u.exec(place) ?? [];
  if (how === "below") return [`below line ${first} add`];
  if (how === "in place of")
    return [`replace line ${first} by`, `replace lines ${first} to ${last} by`, `below line ${last} add`];
  return place === "new file" ? ["a new file, write"] : ["at the file's end add", "at the end add"];
}

function flat(text: string): string {
  const bare = text.replace(/^(?:[-*+]|\d+[.)]) /u, "");
  return bare.replaceAll(/[\p{Default_Ignorable_Code_Point}\s]+/gu, " ").trim();
}

/** The step with the quoted line that a step of the same place has, which was shown at the audit. */
function quoteAs(step: string, known: readonly string[]): string {
  const read = readStep(step);
  const same = known.map(readStep).find((one) => one !== null && one.file === read?.file && one.where === read.where);
  if (read === null || same == null || same.quoted === null) return step;
  return read.quoted === null ? step : step.replace(read.quoted, () => same.quoted ?? "");
}

function explain(step: string, at: number): string {
  return `step ${at + 1} says ${quote(step)}, which no change says. Make a change say it, or delete the step: steps that are missing are written from the changes`;
}

function write(text: string, steps: readonly string[], plan: Plan, kept: Plan | null): string {
  const numbers = kept === null ? null : numbersAfter(kept, plan);
  const files = droppedFiles(plan, kept);
  let heading = "";
  let part = "";
  return text
    .replaceAll(/\r\n?/gu, "\n")
    .split("\n")
    .flatMap((line) => {
      const bare = line.trimEnd();
      if (/^#{1,2}(?:\s|$)/u.test(line)) [heading, part] = [bare, ""];
      if (heading === HEADINGS[4] && files.some((file) => bare === `- ${file}`)) return [];
      if (heading !== HEADINGS[5]) return [line];
      if (bare === STEPS || bare === ACCEPTANCE) part = bare;
      if (bare === STEPS) return [STEPS, ...[...steps, LAST_STEP].map((step, at) => `${at + 1}. ${step}`), ""];
      if (part === STEPS) return [];
      return part === ACCEPTANCE && numbers !== null ? renameCriterion(line, numbers) : [line];
    })
    .join("\n");
}

/** The number of each change of the audit's plan in the edited one; none of a change that was taken out. */
function numbersAfter(kept: Plan, plan: Plan): ReadonlyMap<number, number> {
  const numbers = new Map<number, number>();
  const taken = new Set<number>();
  for (const [at, { title, file }] of kept.changes.entries()) {
    const now = plan.changes.findIndex(
      (change, place) => !taken.has(place) && change.title === title && change.file === file,
    );
    if (now === -1) continue;
    taken.add(now);
    numbers.set(at + 1, now + 1);
  }
  return numbers;
}

/** A criterion names its changes by their new numbers, and goes with the last of them. */
function renameCriterion(line: string, numbers: ReadonlyMap<number, number>): readonly string[] {
  const [all = "", listed = ""] = /^- Changes? (\d+(?:, \d+)*)(?=[,:])/u.exec(line) ?? [];
  if (all === "") return [line];
  const now = listed.split(", ").flatMap((number) => numbers.get(Number(number)) ?? []);
  if (now.length === 0) return [];
  return [`- Change${now.length > 1 ? "s" : ""} ${now.join(", ")}${line.slice(all.length)}`];
}

/** The files that the audit listed for a change, and that no change needs. */
function droppedFiles({ changes }: Plan, kept: Plan | null): readonly string[] {
  const still = changes.map(({ file }) => file);
  return (kept?.changes ?? []).map(({ file }) => file).filter((file) => !still.includes(file));
}

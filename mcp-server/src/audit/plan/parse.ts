import { quote, type AddProblem } from "../answers/form.ts";
import { RISKS } from "../answers/refactoring-specialist.ts";
import { parseBlock } from "./block.ts";
import { DATE, HEADINGS, NO_CHANGE, NONE, NOT_RECORDED, NOTE } from "./wording.ts";
import type { Plan, ProposedChange, SourceTrace } from "./plan.ts";
import { renumber } from "./numbering.ts";
import { readNumbered, splitSections } from "./sections.ts";
import { readText } from "./show.ts";

/** Reads a plan's markdown, whose numbers are set right first. Each line that breaks its form is reported; the rest is read all the same. */
export function parsePlan(markdown: string): { readonly plan: Plan; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const addProblem: AddProblem = (problem) => problems.push(problem);
  const { linesOf, comparison, last } = splitSections(renumber(markdown), addProblem);
  // A row of a change that is not there is to be seen.
  const { overview } = splitSections(markdown, () => undefined);
  const [source, observed, causes, proposed, files] = HEADINGS;
  const isEmpty = linesOf(observed)[0] === NONE;
  // What the cited turns show is the end of the section.
  const end = linesOf(observed).findLastIndex((line) => !line.startsWith("- "));
  const seen = linesOf(observed)
    .slice(0, isEmpty ? undefined : end + 1)
    .filter((line) => !line.startsWith(NOTE));
  const plan: Plan = {
    traces: parseTraces(withoutFences(linesOf(source), addProblem), addProblem),
    comparison,
    overview,
    issues: isEmpty ? only(seen, observed, addProblem) : listed(seen, observed, addProblem),
    rootCauses: isEmpty ? [] : listed(linesOf(causes), causes, addProblem),
    noChange: isEmpty ? toReason(linesOf(causes), linesOf(proposed), addProblem) : null,
    changes: isEmpty ? [] : parseChanges(linesOf(proposed), addProblem),
    files: isEmpty ? only(linesOf(files), files, addProblem) : parseFiles(linesOf(files), addProblem),
    block: parseBlock(last, isEmpty, addProblem),
  };
  return { plan, problems };
}

/** A section of a plan without issues that says just `None.`. */
function only(lines: readonly string[], heading: string, addProblem: AddProblem): readonly never[] {
  if (lines.length !== 1 || lines[0] !== NONE)
    addProblem(`"${heading}" has to say "${NONE}" alone, as there is no issue.`);
  return [];
}

/** Why no change would help. The changes say `None.`, or the reason again, as in plans of version 1.0. */
function toReason(causes: readonly string[], proposed: readonly string[], addProblem: AddProblem): string {
  const [line = ""] = causes;
  const reason = line.startsWith(`${NO_CHANGE} `) ? line.slice(NO_CHANGE.length).trim() : "";
  if (causes.length !== 1 || reason === "")
    addProblem(
      `"${HEADINGS[2]}" has to be one line that begins with "${NO_CHANGE}" and gives the reason, as there is no issue.`,
    );
  if (proposed.length !== 1 || (proposed[0] !== NONE && proposed[0] !== line))
    addProblem(`"${HEADINGS[3]}" has to say "${NONE}" alone, as there is no issue.`);
  return readText(reason);
}

function listed(lines: readonly string[], heading: string, addProblem: AddProblem): readonly string[] {
  if (lines.length === 0) addProblem(`"${heading}" is empty. List the issues there as "1. …", one line each.`);
  return readNumbered(lines, `"${heading}"`, addProblem).map(readText);
}

const FIELDS = ["Trace ID", "Goal", "Date"] as const;

/** Lines between fences, as the pictures in plans of version 1.0, are no part of a plan. */
function withoutFences(lines: readonly string[], addProblem: AddProblem): readonly string[] {
  let isInside = false;
  return lines.filter((line) => {
    const isFence = line.trimStart().startsWith("```");
    if (isFence && !isInside)
      addProblem(`"${HEADINGS[0]}": ${quote(line)} begins what is no part of a plan. Leave it out.`);
    const isKept = !isFence && !isInside;
    if (isFence) isInside = !isInside;
    return isKept;
  });
}

function parseTraces(lines: readonly string[], addProblem: AddProblem): readonly SourceTrace[] {
  const traces: SourceTrace[] = [];
  for (let at = 0; at < lines.length; at += FIELDS.length) {
    const values = FIELDS.map((field, offset) => {
      const line = lines[at + offset] ?? "";
      const prefix = `- ${field}: `;
      if (line.startsWith(prefix)) return line.slice(prefix.length).trim();
      addProblem(
        `"${HEADINGS[0]}": ${quote(line)} has to be "${prefix}…"; each trace has the lines ${FIELDS.join(", ")}.`,
      );
      return "";
    });
    const [traceId = "", goal = "", date = ""] = values;
    if (date !== "" && date !== NOT_RECORDED && !DATE.test(date))
      addProblem(
        `"${HEADINGS[0]}": the date ${quote(date)} has to be the run's start as in its summary, or "${NOT_RECORDED}".`,
      );
    traces.push({ traceId: readText(traceId), goal: orNull(readText(goal)), date: orNull(date) });
  }
  if (traces.length === 0) addProblem(`"${HEADINGS[0]}" names no trace.`);
  if (new Set(traces.map(({ traceId }) => traceId)).size < traces.length)
    addProblem(`"${HEADINGS[0]}" names a trace twice.`);
  return traces;
}

function orNull(value: string): string | null {
  return value === NOT_RECORDED || value === "" ? null : value;
}

function parseFiles(lines: readonly string[], addProblem: AddProblem): readonly string[] {
  if (lines.length === 0) addProblem(`"${HEADINGS[4]}" is empty. List each file as "- path".`);
  return lines.flatMap((line) => {
    const file = /^- (.*\S)$/u.exec(line)?.[1];
    if (file === undefined) addProblem(`"${HEADINGS[4]}": ${quote(line)} has to be "- path".`);
    return file ?? [];
  });
}

function parseChanges(lines: readonly string[], addProblem: AddProblem): readonly ProposedChange[] {
  const place = `"${HEADINGS[3]}"`;
  const starts = lines.flatMap((line, at) => (line.startsWith("### ") ? [at] : []));
  for (const line of lines.slice(0, starts[0] ?? lines.length))
    addProblem(`${place}: ${quote(line)} has to stand below a heading "### 1. TITLE".`);
  if (starts.length === 0) addProblem(`${place} holds no change. Each begins with "### 1. TITLE".`);
  return starts.map((start, at) => {
    const heading = /^### \d{1,3}\. (.*\S)$/u.exec(lines[start] ?? "");
    if (heading === null) addProblem(`${place}: ${quote(lines[start])} has to be "### ${at + 1}. TITLE".`);
    return parseChange(heading?.[1] ?? "", lines.slice(start + 1, starts[at + 1]), `Change ${at + 1}`, addProblem);
  });
}

/** The lines of a change; those of the first list have to be there, and those of the second may be, some several times. */
const REQUIRED = ["File", "Change", "Addresses", "Confidence", "Risk"];
const OPTIONAL = ["Place", "Today", "Evidence"];
const SEVERAL = ["Change", "Evidence"];

function parseChange(title: string, lines: readonly string[], place: string, addProblem: AddProblem): ProposedChange {
  const fields = new Map<string, readonly string[]>();
  const names = [...REQUIRED, ...OPTIONAL];
  for (const line of lines) {
    const [, name = "", value = ""] = /^- (\w+): (.*\S)$/u.exec(line) ?? [];
    if (!names.includes(name)) addProblem(`${place}: ${quote(line)} is none of its lines ${names.join(", ")}.`);
    else if (fields.has(name) && !SEVERAL.includes(name)) addProblem(`${place} has two lines "- ${name}: …".`);
    else fields.set(name, [...(fields.get(name) ?? []), value]);
  }
  for (const name of REQUIRED) if (!fields.has(name)) addProblem(`${place} lacks the line "- ${name}: …".`);
  const one = (name: string): string | undefined => fields.get(name)?.[0];
  const addresses = one("Addresses");
  if (addresses !== undefined && !/^issues? \d{1,3}(?:, \d{1,3})*$/u.test(addresses))
    addProblem(`${place}: "Addresses: ${addresses}" has to be "Addresses: issue 1, 2", counted from 1.`);
  const confidence = one("Confidence");
  if (confidence !== undefined && !/^(?:0(?:\.\d+)?|1(?:\.0+)?)$/u.test(confidence))
    addProblem(`${place}: "Confidence: ${confidence}" has to be a number from 0 to 1.`);
  const risk = RISKS.find((name) => one("Risk") === name || one("Risk")?.startsWith(`${name}: `) === true);
  if (risk === undefined && fields.has("Risk"))
    addProblem(
      `${place}: "Risk: ${one("Risk") ?? ""}" has to be Low, Medium or High, and may go on with ": " and why.`,
    );
  return {
    title: readText(title),
    file: one("File") ?? "",
    place: one("Place") ?? null,
    today: one("Today") ?? null,
    constraints: (fields.get("Change") ?? []).map(readText),
    evidence: fields.get("Evidence") ?? [],
    addresses: (addresses?.match(/\d+/gu) ?? []).map(Number),
    confidence: Number(confidence ?? 0),
    risk: risk ?? "High",
  };
}

import { z } from "zod";
import type { Step } from "./events.ts";
import type { Page } from "./page.ts";
import { FETCH, Fetched, WRITE } from "../replay/audit.ts";
import { Diagnosis, Translation } from "../replay/answers.ts";

/** What an audit does, in order. */
export const STEPS = ["fetch_trace", "write_summary", "prompt-engineer", "refactoring-specialist"] as const;
type Name = (typeof STEPS)[number];

const WHAT: Readonly<Record<Name, string>> = {
  fetch_trace: "reads the newest finished run from Langfuse",
  write_summary: "keeps the only file that the agents may read",
  "prompt-engineer": "names causes (subagent, may only read)",
  "refactoring-specialist": "turns them into prompt changes (subagent); hooks render the plan",
};

const Run = z.looseObject({
  goal: z.string().nullable(),
  outcome: z.string(),
  notable_patterns: z.array(z.string()),
  turns: z.array(z.looseObject({ did: z.array(z.string()).optional() })),
  metrics: z.looseObject({ tool_calls: z.number(), error_calls: z.number() }),
});
const Written = z.object({ summaries: z.array(z.looseObject({ path: z.string(), bytes: z.number() })) });

/** Prints a finished call and says which step of the audit it was; null when it was none, or failed. */
export function printStep(step: Step, page: Page): Name | null {
  const name = toName(step);
  if (name === null || step.isError) {
    page.failure(`${step.name} failed: ${step.text}`);
    return null;
  }
  page.step(`[${STEPS.indexOf(name) + 1}/${STEPS.length}]`, name, WHAT[name], toLines[name](step.text));
  return name;
}

function toName({ name, input }: Step): Name | null {
  if (name === FETCH) return "fetch_trace";
  if (name === WRITE) return "write_summary";
  const agent = name === "Agent" ? input["subagent_type"] : null;
  return STEPS.find((known) => agent === `trace-audit:${known}`) ?? null;
}

const toLines: Readonly<Record<Name, (text: string) => readonly string[]>> = {
  fetch_trace: (text) => {
    const { summaries, skipped } = Fetched.parse(JSON.parse(text));
    const [first] = summaries;
    const { goal, outcome, notable_patterns, turns, metrics } = Run.parse(first);
    return [
      `trace ${first?.trace_id ?? ""}`,
      `goal: ${goal ?? "not recorded"}`,
      `${metrics.tool_calls} tool calls, ${metrics.error_calls} of them failed; outcome: ${outcome}`,
      ...turns.flatMap(({ did = [] }) => [
        "what the agent did, as the diagnosis will read it:",
        ...did.map((step) => `- ${step}`),
      ]),
      `patterns: ${notable_patterns.join(", ") || "none"}`,
      ...skipped.map(({ trace_id, reason }) => `passed over: ${trace_id.slice(0, 8)}… (${reason})`),
    ];
  },
  write_summary: (text) => {
    const { summaries } = Written.parse(JSON.parse(text));
    return summaries.map(({ path, bytes }) => `${path} (${Math.ceil(bytes / 1000)} kB)`);
  },
  "prompt-engineer": (text) =>
    Diagnosis.parse(toJson(text)).issues.map(
      ({ symptom, confidence }, at) => `${at + 1}. ${symptom}; confidence ${confidence}`,
    ),
  "refactoring-specialist": (text) =>
    Translation.parse(toJson(text)).changes.map(({ title, file, risk }) => `- ${file}: ${title} (risk: ${risk})`),
};

/** A subagent's report is framed; the JSON object is what lies inside. */
function toJson(text: string): unknown {
  return JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1));
}

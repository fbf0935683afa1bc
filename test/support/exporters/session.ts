import { readFileSync } from "node:fs";
import {
  asObject,
  isObject,
  type JsonObject,
  type LegacyObservation,
  parseLegacyTrace,
  textOf,
} from "../langfuse/store.ts";

/** A tool call as it really happened; times are milliseconds since 1970. */
export interface SessionCall {
  readonly id: string;
  readonly tool: string;
  readonly input: JsonObject;
  readonly output: unknown;
  readonly start: number;
  readonly end: number;
  readonly agent: SessionAgent | null;
}

/** One answer of the model and the calls it asked for, in the order in which it asked. */
export interface SessionStep {
  readonly start: number;
  readonly end: number;
  readonly model: string;
  readonly usage: JsonObject;
  readonly text: string;
  readonly calls: readonly SessionCall[];
}

/** The run of a subagent that an Agent call started. */
export interface SessionAgent {
  readonly id: string;
  readonly type: string;
  readonly description: string;
  readonly prompt: string;
  readonly answer: string;
  readonly start: number;
  readonly end: number;
  readonly steps: readonly SessionStep[];
}

/** One turn of a recorded session. */
export interface SessionTurn {
  readonly sessionId: string;
  readonly number: number;
  readonly cwd: string;
  readonly prompt: string;
  readonly answer: string;
  readonly start: number;
  readonly end: number;
  readonly isInterrupted: boolean;
  readonly steps: readonly SessionStep[];
}

const recorded = new URL("../../fixtures/traces/official-plugin-v1-cleantranscript/", import.meta.url);

/** What happened in a recorded scenario, taken from the exporter that loses least of it. */
export function readTurn(scenario: string): SessionTurn {
  const trace = parseLegacyTrace(readFileSync(new URL(`${scenario}.json`, recorded), "utf8"));
  const rows = trace.observations;
  const root = rows.find(({ name }) => name === "Conversational Turn");
  if (root === undefined) throw new Error(`${scenario} has no root`);
  const metadata = asObject(root.metadata);
  const steps = toSteps(rows, root.id, /^LLM Call \d+$/u);
  return {
    sessionId: String(trace.sessionId),
    number: Number(metadata.turn_number),
    cwd: String(metadata.cwd),
    prompt: contentOf(root.input),
    answer: contentOf(root.output),
    ...timesOf(root),
    isInterrupted: scenario === "interrupted",
    steps,
  };
}

function toSteps(rows: readonly LegacyObservation[], parent: string, name: RegExp): readonly SessionStep[] {
  const children = rows.filter((row) => row.parentObservationId === parent);
  const calls = new Map(
    children.filter(({ type }) => type === "TOOL").map((row) => [String(asObject(row.metadata).tool_id), row]),
  );
  const asked = children.filter((row) => row.type === "GENERATION" && name.test(textOf(row.name) ?? ""));
  return asked
    .toSorted((left, right) => ordinal(left) - ordinal(right))
    .map((row) => ({
      ...timesOf(row),
      model: String(row.model),
      usage: asObject(row.usageDetails),
      text: contentOf(row.output),
      calls: listOf(asObject(row.output).tool_calls).flatMap(({ id }) => {
        const call = calls.get(String(id));
        return call === undefined ? [] : [toSessionCall(call, rows)];
      }),
    }));
}

function toSessionCall(row: LegacyObservation, rows: readonly LegacyObservation[]): SessionCall {
  const metadata = asObject(row.metadata);
  const transcript = metadata.subagent_transcript_path;
  const span = rows.find(
    ({ name, metadata: own }) =>
      textOf(name)?.startsWith("Subagent: ") === true && asObject(own).transcript_path === transcript,
  );
  return {
    id: String(metadata.tool_id),
    tool: String(metadata.tool_name),
    input: asObject(row.input),
    output: row.output,
    ...timesOf(row),
    agent: span === undefined ? null : toAgent(span, rows),
  };
}

function toAgent(span: LegacyObservation, rows: readonly LegacyObservation[]): SessionAgent {
  const metadata = asObject(span.metadata);
  return {
    id: String(metadata.transcript_path).replace(/^agent-|\.jsonl$/gu, ""),
    type: String(metadata.agent_type),
    description: String(metadata.description),
    prompt: contentOf(span.input),
    answer: contentOf(span.output),
    ...timesOf(span),
    steps: toSteps(rows, span.id, /^Subagent LLM Call \d+$/u),
  };
}

/** All calls of the steps, in the order in which the model asked for them. */
export const callsOf = (steps: readonly SessionStep[]): readonly SessionCall[] => steps.flatMap(({ calls }) => calls);

/**
 * What survives an exporter that keeps one transcript row per answer: of calls asked for together only the last, and
 * no text beside a call.
 */
export const lastCallsOnly = (steps: readonly SessionStep[]): readonly SessionStep[] =>
  steps.map((step) => ({ ...step, text: step.calls.length > 0 ? "" : step.text, calls: step.calls.slice(-1) }));

/** The text of a call's result, as a transcript has it. */
export const resultText = ({ output }: SessionCall): string =>
  typeof output === "string"
    ? output
    : listOf(output)
        .map(({ text }) => textOf(text) ?? "")
        .join("\n");

/** Whether Claude Code marked the result as an error, which the recorded rows of this exporter do not say. */
export const isFailed = (call: SessionCall): boolean =>
  /^(?:Exit code [1-9]|File does not exist|Claude requested permissions|The user doesn't want|<tool_use_error>|File content \(|Command timed out|\S.{0,300} needs approval\.)/u.test(
    resultText(call),
  );

function contentOf(value: unknown): string {
  return textOf(asObject(value).content) ?? "";
}

function listOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function ordinal(row: LegacyObservation): number {
  return Number(/\d+$/u.exec(textOf(row.name) ?? "")?.[0]);
}

function timesOf(row: LegacyObservation): { readonly start: number; readonly end: number } {
  return { start: Date.parse(row.startTime), end: Date.parse(textOf(row.endTime) ?? row.startTime) };
}

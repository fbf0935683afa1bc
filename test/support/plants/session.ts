import { digest } from "../exporters/rows.ts";
import type { SessionAgent, SessionCall, SessionStep, SessionTurn } from "../exporters/session.ts";
import type { Step } from "../trace/steps.ts";
import type { JsonObject } from "../langfuse/store.ts";

/** A call to be planted, asked for by a request of its own. */
export interface PlantCall extends Step {
  /** milliseconds that it waited for a human's permission */
  readonly waits?: number;
  /** tokens of the request that asked for it */
  readonly tokens?: number;
  /** what the subagent does that it starts */
  readonly agent?: readonly Step[];
}

/** A request that failed; the text is what Claude Code put in place of an answer. */
export interface FailedRequest {
  readonly says: string;
}

export type PlantStep = PlantCall | FailedRequest;

export interface PlantedCall extends SessionCall {
  readonly waits?: number;
}

export interface PlantedStep extends SessionStep {
  readonly calls: readonly PlantedCall[];
}

/** What came of planted steps: as a session has them, and when the last of them ended. */
export interface PlantedSteps {
  readonly steps: readonly PlantedStep[];
  readonly end: number;
}

/** Milliseconds that a request takes, and a call that says nothing else. */
const REQUEST_MS = 200;
const CALL_MS = 100;
const TOKENS = 9100;
const MODEL = "claude-opus-5-5";

/** The steps one after the other from a time on (milliseconds since 1970). */
export function toPlanted(steps: readonly PlantStep[], from: number): PlantedSteps {
  const planted: PlantedStep[] = [];
  let end = from;
  for (const step of steps) {
    const one = toStep(step, end, `${planted.length + 1}`);
    planted.push(one);
    end = one.end;
  }
  return { steps: planted, end };
}

/** The turn with the steps before its last answer; `isInterrupted`: a human stopped it, so that it has no answer. */
export function plantIntoTurn(turn: SessionTurn, steps: readonly PlantStep[], isInterrupted: boolean): SessionTurn {
  const before = turn.steps.slice(0, -1);
  const from = before.at(-1)?.end ?? turn.start;
  const planted = toPlanted(steps, from);
  const shift = planted.end - from;
  const last = turn.steps.slice(-1).map((step) => ({ ...step, start: step.start + shift, end: step.end + shift }));
  return {
    ...turn,
    steps: [...before, ...planted.steps, ...(isInterrupted ? [] : last)],
    answer: isInterrupted ? "" : turn.answer,
    end: isInterrupted ? planted.end : turn.end + shift,
    isInterrupted,
  };
}

function toStep(step: PlantStep, start: number, key: string): PlantedStep {
  if ("says" in step) {
    return { start, end: start + REQUEST_MS, model: "<synthetic>", usage: {}, text: step.says, calls: [] };
  }
  const call = toCall(step, start + REQUEST_MS, key);
  return { start, end: call.end, model: MODEL, usage: toUsage(step.tokens ?? TOKENS), text: "", calls: [call] };
}

function toCall(call: PlantCall, start: number, key: string): PlantedCall {
  const waits = call.waits ?? 0;
  const agent = call.agent === undefined ? null : toAgent(call, call.agent, start + 10, key);
  const took = agent === null ? (call.takes === undefined ? CALL_MS : call.takes * 1000) : agent.end + 10 - start;
  return {
    id: `toolu_planted${key}`,
    tool: call.tool,
    input: call.input ?? {},
    output: call.output ?? "ok",
    start,
    end: start + waits + took,
    agent,
    waits,
  };
}

function toAgent(call: PlantCall, calls: readonly Step[], start: number, key: string): SessionAgent {
  let end = start;
  const steps = calls.map((one, at) => {
    const step = toStep(one, end, `${key}_${at + 1}`);
    end = step.end;
    return step;
  });
  const answer = {
    start: end,
    end: end + REQUEST_MS,
    model: MODEL,
    usage: toUsage(TOKENS),
    text: "found it",
    calls: [],
  };
  return {
    id: `a${digest(`agent ${key}`, 16)}`,
    type: "Explore",
    description: "Look around",
    prompt: String(call.input?.prompt),
    answer: answer.text,
    start,
    end: answer.end,
    steps: [...steps, answer],
  };
}

/** Whether a step is a request that failed. */
export const isFailedRequest = ({ text }: SessionStep): boolean => text.startsWith("API Error");

const toUsage = (input: number): JsonObject => ({ input, output: 30, total: input + 30 });

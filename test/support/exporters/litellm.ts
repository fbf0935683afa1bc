import { buildTrace } from "./rows.ts";
import { callsOf, isFailed, type SessionAgent, type SessionStep, type SessionTurn } from "./session.ts";
import type { JsonObject, LegacyTrace } from "../langfuse/store.ts";

const name = "litellm-anthropic_messages";
const reminder = "<system-reminder>\nThe date is 2026-11-23.\n</system-reminder>";

/** What one API request through a LiteLLM proxy holds: the history before it and the answer to it. */
interface Request {
  readonly sessionId: string;
  readonly messages: readonly JsonObject[];
  readonly step: SessionStep;
  readonly start: number;
}

/** The last request of a session's last turn, whose history holds all turns before it. */
export function litellmLast(turns: readonly SessionTurn[], seed: string): LegacyTrace {
  const turn = lastOf(turns);
  const history = turns.slice(0, -1).flatMap((one) => [...opening(one.prompt, []), ...exchange(one.steps)]);
  return litellmRequest(turn, turn.steps.length - 1, seed, history);
}

/** The request of a turn that step number `at` answered; its history holds the steps before. */
export function litellmRequest(
  turn: SessionTurn,
  at: number,
  seed: string,
  history: readonly JsonObject[] = [],
): LegacyTrace {
  const step = lastOf(turn.steps.slice(0, at + 1));
  const messages = [...history, ...opening(turn.prompt, [reminder]), ...exchange(turn.steps.slice(0, at))];
  return toTrace({ sessionId: turn.sessionId, messages, step, start: step.start }, seed);
}

/** The last request of a subagent: a trace like any other, with the subagent's own prompt. */
export function litellmSubagent(turn: SessionTurn, seed: string): LegacyTrace {
  const agents = callsOf(turn.steps).flatMap(({ agent }): readonly SessionAgent[] => (agent === null ? [] : [agent]));
  const { prompt, steps } = lastOf(agents);
  const step = lastOf(steps);
  const messages = [...opening(prompt, [reminder]), ...exchange(steps.slice(0, -1))];
  return toTrace({ sessionId: turn.sessionId, messages, step, start: step.start }, seed);
}

function toTrace({ sessionId, messages, step, start }: Request, seed: string): LegacyTrace {
  const trace = buildTrace(seed);
  // The proxy answers in OpenAI's form, whatever it was asked in.
  const calls = step.calls.map(({ id, tool, input }, index) => ({
    index,
    id,
    type: "function",
    function: { name: tool, arguments: JSON.stringify(input) },
  }));
  const output = {
    content: step.text === "" ? null : step.text,
    role: "assistant",
    tool_calls: calls.length === 0 ? null : calls,
    function_call: null,
  };
  const end = step.calls[0]?.start ?? step.end;
  const usage = step.usage;
  const metadata = { requester_metadata: {}, litellm_call_id: trace.id, api_base: "https://api.anthropic.com" };
  trace.row({ name, type: "GENERATION", start, end, input: { messages }, output, model: step.model, usage, metadata });
  const userId = JSON.stringify({ device_id: "devbox", account_uuid: "", session_id: sessionId });
  return trace.finish({ name, start, userId, input: { messages }, output });
}

const opening = (prompt: string, before: readonly string[]): readonly JsonObject[] => [
  { role: "user", content: [...before, prompt].map((text) => ({ type: "text", text })) },
];

/** The steps as the next request repeats them: what the model said and asked for, and what came back. */
const exchange = (steps: readonly SessionStep[]): readonly JsonObject[] =>
  steps.flatMap((step) => [
    {
      role: "assistant",
      content: [
        ...(step.text === "" ? [] : [{ type: "text", text: step.text }]),
        ...step.calls.map(({ id, tool, input }) => ({ type: "tool_use", id, name: tool, input })),
      ],
    },
    ...(step.calls.length === 0
      ? []
      : [
          {
            role: "user",
            content: step.calls.map((call) => ({
              type: "tool_result",
              tool_use_id: call.id,
              content: call.output,
              ...(isFailed(call) ? { is_error: true } : {}),
            })),
          },
        ]),
  ]);

function lastOf<T>(items: readonly T[]): T {
  const last = items.at(-1);
  if (last === undefined) throw new Error("nothing was recorded");
  return last;
}

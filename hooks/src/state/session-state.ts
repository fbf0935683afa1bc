import { checkDiagnosis, type Diagnosis } from "../../../mcp-server/src/audit/answers/prompt-engineer.ts";
import { parseFacts, type SummaryFacts } from "../../../mcp-server/src/audit/evidence/summary-facts.ts";
import { checkTranslation, type Translation } from "../../../mcp-server/src/audit/answers/refactoring-specialist.ts";
import { own, parseRecord, text } from "../../../mcp-server/src/trace/values/json.ts";

/** What a session's /audit has established so far; `isRunning` is false outside one. */
export type SessionState = {
  readonly isRunning: boolean;
  /** The prompt that started it, as Claude Code counts prompts. */
  readonly promptId: string | null;
  readonly summaries: readonly SummaryFacts[];
  readonly diagnosis: Diagnosis | null;
  readonly translation: Translation | null;
  /** How often the answer of each agent was sent back, by its id. */
  readonly refusals: ReadonlyMap<string, number>;
  /** The answer with which each agent of the audit ended, by its id. */
  readonly finalAnswers: ReadonlyMap<string, string>;
  /** The kept plan that holds this session's last plan, by the ids of its traces. */
  readonly kept: ReadonlyMap<string, string>;
};

/** What happens in a session, one line of its log each. */
export type SessionEvent =
  | { readonly event: "audit_started"; readonly prompt_id: string | null }
  | { readonly event: "audit_ended" }
  | { readonly event: "summary_written"; readonly summary: string }
  | { readonly event: "diagnosis"; readonly answer: string | null }
  | { readonly event: "translation"; readonly answer: string | null }
  | { readonly event: "answer_refused"; readonly agent: string }
  | { readonly event: "agent_finished"; readonly agent: string; readonly answer: string }
  | { readonly event: "plan_kept"; readonly traces: string; readonly file: string };

/** The state of a session in which nothing has happened. */
export const OUTSIDE: SessionState = {
  isRunning: false,
  promptId: null,
  summaries: [],
  diagnosis: null,
  translation: null,
  refusals: new Map(),
  finalAnswers: new Map(),
  kept: new Map(),
};

/** The state after some lines of the log; a line that is damaged is left out. */
export function foldLines(state: SessionState, lines: string): SessionState {
  return lines.split("\n").reduce(foldLine, state);
}

function foldLine(state: SessionState, line: string): SessionState {
  const record = parseRecord(line);
  if (record === null) return state;
  const answer = text(own(record, "answer")) ?? "";
  const agent = text(own(record, "agent")) ?? "";
  switch (own(record, "event")) {
    case "audit_started":
      return { ...OUTSIDE, isRunning: true, promptId: text(own(record, "prompt_id")) };
    case "audit_ended":
      return { ...OUTSIDE, kept: state.kept };
    case "summary_written": {
      const facts = parseFacts(text(own(record, "summary")) ?? "");
      if (facts === null) return state;
      return { ...state, summaries: [...state.summaries.filter(({ trace_id }) => trace_id !== facts.trace_id), facts] };
    }
    case "diagnosis":
      return { ...state, diagnosis: checkDiagnosis(answer, null, null).value, translation: null };
    case "translation":
      return {
        ...state,
        translation: state.diagnosis && checkTranslation(answer, state.diagnosis, () => null, null).value,
      };
    case "answer_refused":
      return { ...state, refusals: new Map([...state.refusals, [agent, (state.refusals.get(agent) ?? 0) + 1]]) };
    case "agent_finished":
      return { ...state, finalAnswers: new Map([...state.finalAnswers, [agent, answer]]) };
    case "plan_kept": {
      const [traces, file] = [text(own(record, "traces")), text(own(record, "file"))];
      return traces === null || file === null ? state : { ...state, kept: new Map([...state.kept, [traces, file]]) };
    }
    default:
      return state;
  }
}

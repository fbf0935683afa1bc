import { createHash } from "node:crypto";
import {
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { checkDiagnosis, type Diagnosis } from "../../../mcp-server/src/audit/answers/diagnosis.ts";
import { parseFacts, type SummaryFacts } from "../../../mcp-server/src/audit/answers/summary-facts.ts";
import { checkTranslation, type Translation } from "../../../mcp-server/src/audit/answers/translation.ts";
import { own, text, type JsonRecord, parseRecord } from "../../../mcp-server/src/trace/values/json.ts";

/** What a session's /audit has established so far; `isRunning` is false outside one. */
export type AuditState = {
  readonly isRunning: boolean;
  /** The prompt that started it, as Claude Code counts prompts. */
  readonly promptId: string | null;
  readonly summaries: readonly SummaryFacts[];
  readonly diagnosis: Diagnosis | null;
  readonly translation: Translation | null;
  /** How often the answer of each agent was sent back, by its id. */
  readonly refusals: ReadonlyMap<string, number>;
  /** With what each agent of the audit ended, by its id. */
  readonly reports: ReadonlyMap<string, string>;
  /** The history entry of this session's last plan, by the ids of its traces. */
  readonly kept: ReadonlyMap<string, string>;
};

/** What happens in a session, one line of its log each. */
export type AuditEvent =
  | { readonly event: "audit_started"; readonly prompt_id: string | null }
  | { readonly event: "audit_ended" }
  | { readonly event: "summary_written"; readonly summary: string }
  | { readonly event: "diagnosis"; readonly answer: string | null }
  | { readonly event: "translation"; readonly answer: string | null }
  | { readonly event: "answer_refused"; readonly agent: string }
  | { readonly event: "agent_reported"; readonly agent: string; readonly answer: string }
  | { readonly event: "plan_kept"; readonly traces: string; readonly file: string };

const OUTSIDE: AuditState = {
  isRunning: false,
  promptId: null,
  summaries: [],
  diagnosis: null,
  translation: null,
  refusals: new Map(),
  reports: new Map(),
  kept: new Map(),
};
const KEPT_MS = 14 * 24 * 3_600_000;
const MAX_LOG = 20_000_000;

/**
 * The state of a session, folded from its log. The log is only ever appended to, one write a line, because hooks of one
 * message run at the same time; a line that is damaged is left out.
 */
export function readState(folder: string, session: string): AuditState {
  let state = OUTSIDE;
  for (const line of readLog(join(folder, toLogName(session))).split("\n")) {
    const record = parseRecord(line);
    if (record !== null) state = apply(state, record);
  }
  return state;
}

/** Appends to a session's log. The first event of an audit also removes the logs of sessions two weeks ago. */
export function appendEvent(folder: string, session: string, event: AuditEvent, now: number): void {
  openPrivateFolder(folder);
  if (event.event === "audit_started") removeOld(folder, now);
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);
  const log = openSync(join(folder, toLogName(session)), flags, 0o600);
  try {
    // The leading break ends a line that a killed hook left unfinished.
    writeSync(log, `\n${JSON.stringify(event)}\n`);
  } finally {
    closeSync(log);
  }
}

function apply(state: AuditState, record: JsonRecord): AuditState {
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
      return { ...state, diagnosis: checkDiagnosis(answer, null).value, translation: null };
    case "translation":
      return {
        ...state,
        translation: state.diagnosis && checkTranslation(answer, state.diagnosis, () => null).value,
      };
    case "answer_refused":
      return { ...state, refusals: new Map([...state.refusals, [agent, (state.refusals.get(agent) ?? 0) + 1]]) };
    case "agent_reported":
      return { ...state, reports: new Map([...state.reports, [agent, answer]]) };
    case "plan_kept": {
      const [traces, file] = [text(own(record, "traces")), text(own(record, "file"))];
      return traces === null || file === null ? state : { ...state, kept: new Map([...state.kept, [traces, file]]) };
    }
    default:
      return state;
  }
}

function readLog(file: string): string {
  try {
    const stats = lstatSync(file);
    return stats.isFile() && stats.size <= MAX_LOG ? readFileSync(file, "utf8") : "";
  } catch {
    return "";
  }
}

function toLogName(session: string): string {
  const name = /^[\w-]{1,100}$/u.test(session) ? session : createHash("sha256").update(session).digest("hex");
  return `audit-${name}.jsonl`;
}

/** In a shared temporary folder someone else could have put a link or a folder of theirs in place of ours. */
function openPrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stats = lstatSync(folder);
  if (!stats.isDirectory() || (process.getuid !== undefined && stats.uid !== process.getuid()))
    throw new Error(`${folder} is not a folder of this user`);
}

function removeOld(folder: string, now: number): void {
  for (const name of readdirSync(folder)) {
    if (!/^audit-[\w-]+\.jsonl$/u.test(name)) continue;
    if (now - lstatSync(join(folder, name)).mtimeMs > KEPT_MS) rmSync(join(folder, name), { force: true });
  }
}

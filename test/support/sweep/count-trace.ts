import {
  agentOf,
  beginOf,
  type Counted,
  isJson,
  type Json,
  listOf,
  NOBODY_STARTED,
  tally,
  textOf,
  toolOf,
  typedOf,
} from "./counted.ts";

const textIn = (value: unknown): string => (isJson(value) ? textOf(value.content) : "");
const inputOf = ({ input }: Json): Json => (isJson(input) ? input : {});

/** How the output of a failed call begins, for whatever tool can say it: a second list, written down apart from the product's. */
const FAILED: readonly (readonly [tools: RegExp, begin: RegExp])[] = [
  [/^bash$/u, /^(?:Exit code [1-9]|Command timed out|This command requires approval)/u],
  [/^(?:read|edit|write|multiedit|notebookedit)$/u, /^(?:File does not exist|ENOENT|EISDIR)/u],
  [/^read$/u, /^File content \(/u],
  [
    /edit|^write$/u,
    /^(?:File has (?:not been read|been )|String to replace not found|Found \d+ matches of|No changes to make)/u,
  ],
  [/^agent$/u, /^(?:Agent type '|API Error: )/u],
  [
    /./u,
    /^(?:<tool_use_error>|The user doesn't want to|Claude requested permissions|Permission (?:to|for)|\[Request interrupted by user)/u,
  ],
];

/** The turn in a trace of Langfuse's plugin, in the form of `GET /api/public/traces/{id}`. */
export function countTrace(trace: Json): Counted {
  const rows = listOf(trace.observations);
  const inside = (row: Json): boolean => {
    const parent = rows.find(({ id }) => id === row.parentObservationId);
    return parent !== undefined && (String(parent.name).startsWith("Subagent") || inside(parent));
  };
  const calls = rows.filter(({ type }) => type === "TOOL");
  const nameOf = ({ metadata }: Json): string => toolOf(isJson(metadata) ? metadata.tool_name : "");
  const isFailed = (row: Json): boolean => {
    const output = textOf(row.output).trimStart();
    return FAILED.some(([tools, begin]) => tools.test(nameOf(row)) && begin.test(output));
  };
  const within = calls.filter(inside).length;
  const asked = calls.filter((row) => nameOf(row) === "agent");
  // A subagent that was stopped had begun; of one that left no row nobody knows what it did.
  const hasSpan = (row: Json): boolean =>
    rows.some(({ name }) => name === `Subagent: ${String(inputOf(row).description)}`);
  const started = asked.filter((row) => hasSpan(row) || !NOBODY_STARTED.test(textOf(row.output)));
  const root = rows.find(({ name }) => name === "Conversational Turn");
  const typed = typedOf(textIn(trace.input));
  return {
    id: String(trace.id),
    tools: tally(calls.map(nameOf)),
    subagentCalls: within === 0 && started.length > 0 ? null : within,
    subagents: [...new Set(started.map(({ input }) => agentOf(input)))].toSorted(),
    failed: calls.filter(isFailed).length,
    goal: typed === null ? null : beginOf(typed),
    end: endOf(
      trace,
      rows.filter(({ name }) => String(name).startsWith("LLM Call")),
    ),
    duration: root === undefined ? null : Date.parse(String(root.endTime)) - Date.parse(String(root.startTime)),
  };
}

function endOf(trace: Json, requests: readonly Json[]): Counted["end"] {
  const last = requests.toSorted((left, right) => numberOf(left) - numberOf(right)).at(-1);
  const said = textIn(trace.output);
  if (said.startsWith("API Error")) return "api_error";
  const asks = listOf(isJson(last?.output) ? last.output.tool_calls : []).length > 0;
  return asks || said.trim() === "" ? "cut_off" : "answered";
}

const numberOf = ({ name }: Json): number => Number(/\d+$/u.exec(String(name))?.[0]);

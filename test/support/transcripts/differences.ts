import type { Summary } from "../../../mcp-server/src/trace/summary/schema.ts";

/** The sessions that are compared, by the names of their exported summaries. */
export const COMPARED = [
  "apierror",
  "bgagent",
  "denied",
  "interrupted",
  "multiturn.1",
  "multiturn.2",
  "rich-default",
  "todo",
] as const;
type Compared = (typeof COMPARED)[number];

export type Comparable = ReturnType<typeof toComparable>;

/** Where the summary of a transcript says something else than that of the same session through Langfuse's plugin. */
export type Difference = {
  readonly what: string;
  readonly plugin: string;
  readonly transcript: string;
  /** Sessions that show it; none where the comparison leaves it out. */
  readonly seenIn: readonly Compared[];
  /** What the transcript's summary says in place of the exported one's. */
  readonly change: (exported: Comparable) => Partial<Comparable>;
};

const none = (): Partial<Comparable> => ({});

/** All that differs, but for ids and times. docs/compatibility.md shows it. */
export const DIFFERENCES: readonly Difference[] = [
  {
    what: "`coverage.errors`",
    plugin: "`inferred`: failures show in the text only",
    transcript: "`recorded`: each result carries a flag, those of MCP tools too",
    seenIn: COMPARED,
    change: ({ coverage }) => ({ coverage: { ...coverage, errors: "recorded" } }),
  },
  {
    what: "`agent.cli`",
    plugin: "null: the version is not exported",
    transcript: "the version of Claude Code, which each line names",
    seenIn: COMPARED,
    change: () => ({ agent: { cli: "2.1.330" } }),
  },
  {
    what: "`api_error_retries`",
    plugin: "never reported: only the last failed request is exported",
    transcript: "reported: retries are recorded",
    seenIn: ["apierror"],
    change: () => ({
      notable_patterns: ["api_error_retries"],
      patterns: [
        {
          id: "api_error_retries",
          severity: "low",
          count: 2,
          detail: "2 failed or repeated requests to the model",
        },
      ],
    }),
  },
  {
    what: "ends of background agents",
    plugin: "part of the turn that started them (transcripts of older versions)",
    transcript: "each notification opens a turn of its own",
    seenIn: ["bgagent"],
    change: ({ hierarchy }) => ({ hierarchy: hierarchy.replace('"generation","count":4', '"generation","count":2') }),
  },
  {
    what: "prompts of a schedule, a plugin or another agent that look like typed ones",
    plugin: "taken for a human's: only their text is exported",
    transcript: "nobody's: each line names its origin",
    seenIn: [],
    change: none,
  },
  {
    what: "calls that a hook refused in words of its own",
    plugin: "not told: a `tool_error` where failures are flagged, else no failure",
    transcript: "`permission_denied`: the line says that the call did not run",
    seenIn: [],
    change: none,
  },
  {
    what: "requests in `hierarchy`",
    plugin: "last until their tools have ended",
    transcript: "end with the answer's last line",
    seenIn: [],
    change: none,
  },
  {
    what: "compactions",
    plugin: "not recorded",
    transcript: "recorded: what was read before one may be read again",
    seenIn: [],
    change: none,
  },
];

/** A summary without what no two runs have in common, ids and times, and without base rates, which are data of their own. */
export function toComparable({ agent, hierarchy, patterns, phases, task_durations, turns, ...rest }: Summary) {
  const { trace_id: _id, session_id: _session, session: _place, started_at: _start, duration_ms, ...facts } = rest;
  return {
    ...facts,
    // The models are those of two recordings.
    agent: { cli: agent.cli },
    isTimed: duration_ms !== null,
    patterns: patterns.map(({ observations: _ids, ...pattern }) => pattern),
    phases: phases.map(({ start_ms, duration_ms, ...phase }) => ({
      ...phase,
      isTimed: start_ms !== null && duration_ms !== null,
    })),
    // Which turn of its session it is and what the human said before, only the transcript knows in every case.
    turns: turns.filter((row) => "did" in row).map(({ turn: _turn, ...row }) => row),
    task_durations: task_durations.map(({ duration_ms, ...task }) => ({ ...task, isTimed: duration_ms !== null })),
    hierarchy: JSON.stringify(hierarchy, (key, value: unknown) => (key === "duration_ms" ? undefined : value)),
  };
}

/** The table of the differences. */
export function differenceTable(): string {
  const rows = DIFFERENCES.map(({ what, plugin, transcript, seenIn }) => {
    const seen = seenIn.length === COMPARED.length ? "all" : seenIn.join(", ") || "not compared";
    return `| ${[what, plugin, transcript, seen].join(" | ")} |`;
  });
  return ["| What | Langfuse's plugin | Transcript | Compared sessions |", "|---|---|---|---|", ...rows].join("\n");
}

// An audit of one session, made up, as docs/plan.md shows it.

const BEFORE_COMMIT =
  "Before you commit, run `npm run test:ci` without a pipe and end with a line `Tests: COMMAND, passed or failed, exit code`.";
const QUESTIONS = "Answer a question in words, and change no file until the human asks for it.";

/** The summary, as far as a plan reads it. */
export const SUMMARY = {
  trace_id: "session:6f7eb23d-4f3b-41e8-a600-661f7aa4e1f1",
  session_id: "6f7eb23d-4f3b-41e8-a600-661f7aa4e1f1",
  goal: "Add an option --local to the enable command",
  started_at: "2026-11-20T09:12:44.000Z",
  scope: "session",
  notable_patterns: [],
  patterns: [],
  turns: [
    {
      turn: 1,
      human: "Add an option --local to the enable command",
      did: [
        "explore 7: src/enable.ts ×2, +5",
        "edit src/enable.ts ×2, src/flags.ts",
        "lint npm run lint ok",
        "git commit",
      ],
      unchecked: ["src/enable.ts", "src/flags.ts"],
      end: "answered",
    },
    {
      turn: 2,
      human: "the command crashes with --local, did you run it?",
      did: ["edit src/flags.ts", "test npm run test:ci, exit hidden by a pipe", "git commit"],
      end: "answered",
    },
    {
      turn: 3,
      human: "is that what the docs say?",
      did: ["explore 1: docs/enable.md", "edit docs/enable.md"],
      refused: 'Edit src/enable.ts: "not now, I asked a question"',
      end: "answered",
    },
    {
      turn: 4,
      human: "ok. And two tests fail in CI, fix them",
      did: ["test npm run test:ci FAILED: 2 failed", "edit src/flags.ts", "test npm run test:ci ok", "git commit"],
      end: "answered",
    },
  ],
  turns_folded: 0,
  recurring: [],
  metrics: { tool_calls: 31, tool_calls_per_task: 31, plan_before_first_tool: false, success: true, error_calls: 1 },
} as const;

export const FILES = [
  {
    path: "CLAUDE.md",
    text: "# Project\n\n## Checks\n\n- Run `npm run lint` before you commit.\n- Run the tests when it makes sense.\n",
  },
];

export const DIAGNOSIS = {
  issues: [
    {
      kind: "human-as-tester",
      symptom:
        "Changes were committed after lint alone or behind a pipe; the human found the crash and the 2 failed tests",
      root_cause: "CLAUDE.md leaves open when the tests are run",
      recommendation: BEFORE_COMMIT,
      evidence: ["turn:1", "turn:2", "turn:4"],
      instruction: { state: "buried", where: "CLAUDE.md:6" },
      confidence: 0.85,
    },
    {
      kind: "question-answered-with-edit",
      symptom: "A question about the docs was answered with an edit, and the human refused the next one",
      root_cause: "No instruction says that a question is no order",
      recommendation: QUESTIONS,
      evidence: ["turn:3"],
      instruction: { state: "missing" },
      confidence: 0.7,
    },
  ],
};

export const TRANSLATION = {
  goal: "A change is handed over tested, and a question gets an answer",
  files_to_change: ["CLAUDE.md"],
  new_constraints: [BEFORE_COMMIT, QUESTIONS],
  changes: [
    {
      title: "Answer questions in words",
      file: "CLAUDE.md",
      place: "at the end",
      constraints: [QUESTIONS],
      addresses: [1],
      risk: "Low",
    },
    {
      title: "Ask for the tests' verdict before a commit",
      file: "CLAUDE.md",
      place: "below CLAUDE.md:6",
      replaces: "CLAUDE.md:6",
      constraints: [BEFORE_COMMIT],
      addresses: [0],
      risk: "Medium",
    },
  ],
};

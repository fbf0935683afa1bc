import { agent, bash, edit, failedEdit, read, type Step, times } from "../trace/steps.ts";
import type { Plant } from "./patterns.ts";
import type { PlantStep } from "./session.ts";
import { fails, passes, settled } from "./work.ts";

const invalid = (tool: string): Step => ({
  tool,
  input: { file: 1 },
  output: `<tool_use_error>InputValidationError: ${tool} failed due to the following issue:`,
});
const tooLarge = (file: string): Step => ({
  ...read(file),
  output: "File content (30123 tokens) exceeds maximum allowed tokens (25000).",
});
const overloaded = { says: "API Error: 529 Overloaded. This is a server-side issue, usually temporary" } as const;
const agentOf = (prompt: string, steps: readonly Step[]): PlantStep => ({ ...agent(prompt), agent: steps });

/** What sizes, times, requests, subagents and earlier turns show. */
export const RUN: readonly Plant[] = [
  {
    id: "giant_reads",
    form: "refused",
    needs: ["order", "contents"],
    steps: [tooLarge("a.ts"), tooLarge("b.ts"), read("a.ts", { offset: 1, limit: 50 })],
    severity: "low",
    count: 2,
  },
  {
    id: "giant_reads",
    form: "by their size",
    needs: ["order", "contents"],
    steps: [
      ...times(4, (at) => ({ ...read(`a${at}.ts`), output: "x".repeat(50_001) })),
      read("a1.ts", { offset: 1, limit: 50 }),
    ],
    severity: "medium",
    count: 4,
  },
  {
    id: "test_weakening",
    needs: ["order", "contents"],
    steps: [read("test/a.test.ts"), fails, edit("test/a.test.ts", "expect(one).toBe(2);", ""), passes],
    severity: "medium",
    count: 1,
  },
  {
    id: "over_delegation",
    needs: ["subagents"],
    steps: [1, 2, 3].map((at) => agentOf(`Look at ${at}`, [read(`a${at}.ts`)])),
    severity: "low",
    count: 3,
  },
  {
    id: "redundant_subagent_reads",
    needs: ["subagentOrder", "contents"],
    steps: [
      agentOf(
        "Look around",
        times(3, (at) => read(`a${at}.ts`)),
      ),
      ...times(3, (at) => read(`a${at}.ts`)),
    ],
    severity: "low",
    count: 3,
  },
  {
    id: "invalid_tool_calls",
    needs: ["refusals"],
    steps: [invalid("Grep"), read("a.ts"), invalid("Glob")],
    severity: "low",
    count: 2,
  },
  {
    id: "context_thrash",
    needs: ["order", "tokens"],
    steps: [60_000, 20_000, 60_000, 20_000].map((tokens, at) => ({ ...read(`a${at}.ts`), tokens })),
    severity: "low",
    count: 2,
  },
  {
    id: "permission_wait",
    needs: ["times", "waiting"],
    steps: [{ ...bash("git push"), waits: 90_000 }, read("a.ts")],
    severity: "low",
    count: ({ calls }) => calls + 2,
  },
  {
    id: "api_error_retries",
    needs: ["retries"],
    steps: [overloaded, read("a.ts"), overloaded, read("b.ts")],
    severity: "low",
    count: 2,
  },
  {
    id: "edit_without_read",
    needs: ["order", "targets", "refusals", "session"],
    steps: [failedEdit("a.ts", "File has not been read yet. Read it first before writing to it."), ...settled],
    earlier: [[read("b.ts")]],
    severity: "low",
    count: 1,
  },
  {
    id: "correction_loop",
    needs: ["session", "contents", "goal"],
    steps: settled,
    earlier: [settled, settled, settled],
    severity: "medium",
    count: () => 4,
  },
];

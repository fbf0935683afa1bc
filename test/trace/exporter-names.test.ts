import { describe, expect, test } from "vitest";
import { isClaudeCode } from "../../mcp-server/src/trace/exporters/listed-traces.ts";
import { TURN_NAMES } from "../../mcp-server/src/trace/exporters/recognise.ts";
import { EXPORTERS, UNKNOWN } from "../../mcp-server/src/trace/exporters/table.ts";
import { writtenNames } from "../support/exporters/written-names.ts";

const isTrace = (name: string): boolean => isClaudeCode(name, [], null);
const isRow = (name: string): boolean => isClaudeCode(null, [], name);

describe("the name of a trace", () => {
  test.each([
    "Claude Code",
    "Claude Code - Turn 12",
    "Claude Code: fix it",
    "claude_code",
    "claude_code.interaction",
    "claude.code",
    "claude_interaction",
    "claude.interaction",
    "claude_interactions",
    "claude_conversation",
    "claude.conversation",
    "claude_code_session",
    "claude_code_session_3",
    "claude.code_session",
    "Turn 7",
    "Turn 7 (failed)",
    "User prompt: fix it",
    "User prompt:",
    "User prompt: fix\nit",
    "subagent:Explore",
    "ClaudeAgent.query",
    "ClaudeAgentSDK.query",
    "ClaudeAgentSDK.ClaudeSDKClient.receive_response",
    "litellm-anthropic_messages",
    "litellm-anthropic_messages_2",
  ])("%j is Claude Code's", (name) => {
    expect(isTrace(name)).toBe(true);
  });

  test.each([
    "",
    "my Claude Code",
    "Claude Codex",
    "claude_codex",
    "claude.codes",
    "claude-code",
    "claudeXcode",
    "Turn",
    "Turn seven",
    "Turn 7 of 9",
    "Turn 7 (failed) again",
    "subagents",
    "ClaudeAgent.query.2",
    "ClaudeAgentXquery",
    "litellm-acompletion",
    "Conversational Turn",
    "checkout-bot",
  ])("%j is another's", (name) => {
    expect(isTrace(name)).toBe(false);
  });
});

describe("the name of a row", () => {
  test.each([
    "claude_code.interaction",
    "claude_code.llm_request",
    "Conversational Turn",
    "Claude Code Turn",
    "Claude Code Turn 3",
    "Claude Code - Turn 3 (incomplete)",
    "ClaudeAgent.query",
    "ClaudeAgentSDK.query",
    "claude.conversation",
    "claude_interaction",
    "claude_code_session",
    "LLM Call 3",
    "LLM Call 3/4",
    "Claude Response",
    "Claude Responses",
    "Claude Generation 2",
    "claude.assistant.turn",
    "ClaudeAgentSDK.ClaudeSDKClient.receive_response",
  ])("%j is Claude Code's", (name) => {
    expect(isRow(name)).toBe(true);
  });

  test.each([
    "",
    "claude_code",
    "Conversational Turn 2",
    "Claude Codex",
    "claude.conversation.2",
    "claude_code_session.2",
    "LLM Call",
    "LLM Call x",
    "Turn 7",
    "Read",
  ])("%j is another's", (name) => {
    expect(isRow(name)).toBe(false);
  });
});

test("a tag says it too, whatever the names", () => {
  expect(isClaudeCode("checkout-bot", ["claude-code"], "step")).toBe(true);
  expect(isClaudeCode("checkout-bot", ["claude"], "step")).toBe(false);
  expect(isClaudeCode(null, [], null)).toBe(false);
});

test("turns are searched by the names of the table: one question for all fixed ones, one for each numbered one", () => {
  expect(TURN_NAMES.exact).toEqual(
    expect.arrayContaining([
      "claude_code.interaction",
      "Conversational Turn",
      "Claude Code Turn",
      "ClaudeAgent.query",
      "ClaudeAgentSDK.query",
      "claude.conversation",
      "claude_interaction",
      "claude_code_session",
    ]),
  );
  expect(TURN_NAMES.prefixes.filter((prefix) => prefix.startsWith("Claude Code"))).toEqual(["Claude Code - Turn"]);
});

test("each name in the table is found by what is computed from it", () => {
  const all = [...EXPORTERS, UNKNOWN];
  expect(all.flatMap(({ traces }) => writtenNames(traces)).filter((name) => !isTrace(name))).toEqual([]);
  expect(all.flatMap(({ turns, rows }) => writtenNames([...turns, ...rows])).filter((name) => !isRow(name))).toEqual(
    [],
  );
  const { exact, prefixes } = TURN_NAMES;
  const isSearched = (name: string): boolean =>
    exact.includes(name) || prefixes.some((prefix) => name.startsWith(prefix));
  expect(all.flatMap(({ turns }) => writtenNames(turns)).filter((name) => !isSearched(name))).toEqual([]);
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
});

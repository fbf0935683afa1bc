import { describe, expect, test } from "vitest";
import { withLangfuse } from "../support/mcp/client.ts";
import { pluginTurn } from "../support/trace/plugin-turn.ts";
import { withoutKeys } from "../support/transcripts/recorded.ts";
import { answer, call, sessionOf, tool, user, writeSession, type Said } from "../support/transcripts/written.ts";

const edit = { file_path: "/home/dev/app/README.md", old_string: "a", new_string: "b" };
const npmTest = { command: "npm test" };

describe("a test that was moved to the background did not pass", () => {
  const to = "Output is being written to: /tmp/b1.output";
  const texts: readonly (readonly [string, Readonly<Record<string, unknown>>, boolean])[] = [
    [`Command running in background with ID: b1. ${to}`, {}, false],
    [`Command was manually backgrounded by user with ID: b1. ${to}`, {}, false],
    [`Command did not complete within its 120s timeout and was moved to the background (ID: b1). ${to}.`, {}, false],
    [`Command was moved to the background (ID: b1) after running for 15s. ${to}.`, {}, false],
    [
      `Command was moved to the background (ID: b1) so that a message can reach you; it was not interrupted. ${to}`,
      {},
      false,
    ],
    [`> vitest\n\nRUN v3\nCommand was manually backgrounded by user with ID: b1. ${to}`, {}, false],
    [
      "The command had already ended when it was to be moved to the background, and its output was not kept.",
      {},
      false,
    ],
    ["12 passed", { backgroundTaskId: "b1" }, false],
    ["12 passed", { backgroundTaskId: null }, true],
    ["Command running in the background of the test\n12 passed", {}, true],
  ];
  const test1 = {
    file_path: "/home/dev/app/p.test.js",
    old_string: "test('adds', () => {\n  expect(add(1, 1)).toBe(2)\n  expect(add(2, 2)).toBe(4)\n})",
    new_string: "test('adds', () => {\n  expect(add(1, 1)).toBe(2)\n})",
  };
  const red = "Exit code 1\n2 failing";

  test("from transcripts", async () => {
    await withoutKeys({}, async ({ home, project, start }) => {
      texts.forEach(([text, extra], at) => {
        const more = { toolUseResult: { stdout: "", stderr: "", ...extra } };
        writeSession({ home, project }, sessionOf(at), [
          user("Make the tests pass."),
          tool("Read", { file_path: test1.file_path }),
          tool("Bash", npmTest, red, { isError: true }),
          tool("Edit", test1),
          tool("Bash", npmTest, text, { more }),
          answer(),
        ]);
      });
      const server = await start();
      for (const [at, [text, , passed]] of texts.entries()) {
        const { summaries } = await server.fetch(`${sessionOf(at)}-1`);
        expect(summaries[0]?.notable_patterns, text).toEqual(passed ? ["test_weakening"] : []);
      }
    });
  });

  test("from Langfuse, as text or as the structure that the Agent SDK hands over", async () => {
    const traces = texts.map(([text, extra], at) =>
      pluginTurn(`turn-${at}`, "Make the tests pass.", [
        { name: "Read", input: { file_path: test1.file_path }, output: "1\ttext" },
        { name: "Bash", input: npmTest, output: red },
        { name: "Edit", input: test1, output: "The file has been updated." },
        { name: "Bash", input: npmTest, output: "backgroundTaskId" in extra ? { stdout: text, ...extra } : text },
      ]),
    );
    await withLangfuse({ traces }, async ({ server }) => {
      for (const [at, [text, , passed]] of texts.entries()) {
        const { summaries } = await server.fetch(`turn-${at}`);
        expect(summaries[0]?.notable_patterns, text).toEqual(passed ? ["test_weakening"] : []);
      }
    });
  });
});

describe("a call whose result was never written", () => {
  const lost = call("toolu_lost", "Bash", npmTest);
  const warnings = [{ code: "observation_without_end", count: 1 }];
  const exported = [...warnings, { code: "project_not_recorded", count: 1 }];

  test.each<readonly [string, readonly Said[], Readonly<Record<string, unknown>>]>([
    [
      "is over when its agent went on",
      [lost, ...tool("Edit", edit), answer()],
      { completed: true, outcome: "success", warnings },
    ],
    ["is over when its agent answered at once", [lost, answer()], { completed: true, outcome: "success", warnings }],
    [
      "is open when nothing came after it",
      [...tool("Edit", edit), lost],
      { completed: false, outcome: "unknown", warnings },
    ],
    [
      "is no failed test",
      [...tool("Bash", npmTest, "12 passed"), ...tool("Edit", edit), lost, answer()],
      { errors: [], notable_patterns: [] },
    ],
  ])("%s", async (_what, lines, expected) => {
    await withoutKeys({}, async ({ home, project, start }) => {
      writeSession({ home, project }, sessionOf(1), [user("Fix the parser."), ...lines]);
      expect((await (await start()).fetch(`${sessionOf(1)}-1`)).summaries[0]).toMatchObject(expected);
    });
  });

  test("is open from Langfuse as long as its agent made no request after it", async () => {
    const turn = pluginTurn("turn", "Fix the parser.", [{ name: "Bash", input: npmTest, output: "12 passed" }]);
    const rows = turn.observations.filter(({ name }) => name !== "LLM Call 2");
    const observations = rows.map((row) => (row.name === "Tool: Bash" ? { ...row, endTime: null } : row));
    await withLangfuse({ traces: [{ ...turn, observations }] }, async ({ server }) => {
      const { summaries } = await server.fetch("turn");
      expect(summaries[0]).toMatchObject({ completed: false, outcome: "unknown", warnings: exported });
    });
  });

  test("is over from Langfuse too, and last takes the turn", async () => {
    const turn = pluginTurn("turn", "Fix the parser.", [
      { name: "Bash", input: npmTest, output: "12 passed" },
      { name: "Edit", input: edit, output: "The file has been updated." },
    ]);
    const observations = turn.observations.map((row) => (row.name === "Tool: Edit" ? { ...row, endTime: null } : row));
    await withLangfuse({ traces: [{ ...turn, observations }] }, async ({ server }) => {
      const { summaries } = await server.fetch("last");
      expect(summaries).toMatchObject([{ trace_id: "turn", completed: true, outcome: "success", warnings: exported }]);
    });
  });
});

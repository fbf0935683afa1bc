import { describe, expect, test } from "vitest";
import { withLangfuse } from "../support/mcp/client.ts";
import { pluginTurn } from "../support/trace/plugin-turn.ts";
import { withoutKeys } from "../support/transcripts/recorded.ts";
import { answer, type Said, sessionOf, system, tool, user, writeSession } from "../support/transcripts/written.ts";

const idsOf = ({ summaries }: { readonly summaries: readonly { readonly trace_id: string }[] }): string[] =>
  summaries.map(({ trace_id }) => trace_id).sort();

/** Texts that Claude Code 2.1.330, another agent, another program or a hook wrote in the user's place. */
const NOTICES = [
  "<task-notification>\n<task-id>b1</task-id>\n</task-notification>",
  '<teammate-message teammate_id="reviewer" color="blue" summary="done">\nReview done.\n</teammate-message>',
  '<cross-session-message from="x">\nPlease rebase.\n</cross-session-message>',
  'Another session sent a message:\n<cross-session-message from="x">\nRebase.\n</cross-session-message>',
  "Another Claude session sent a message:\nPlease rebase.",
  "Another Claude session sent a message while you were working:\nPlease rebase.",
  "A peer session sent a message while you were working:\nPlease rebase.",
  "The coordinator sent a message while you were working:\nStop after batch 3.",
  '<agent-message from="explorer">\nFound it.\n</agent-message>',
  "<coordinator-relay>\nNext batch.\n</coordinator-relay>",
  '<channel source="telegram" sender="x">\nAre you there?\n</channel>',
  "<slack-ping>\nA new message.\n</slack-ping>",
  "<remote-review>\nFindings\n</remote-review>",
  "<mcp-resource-update server='x'>\n</mcp-resource-update>",
  "<tick>12:00</tick>",
  "Activity was observed in the bound conversation:\nA reaction.",
  "# /loop tick — loop.md tasks\n\nWork the tasks.",
  "# Autonomous loop check\n\nYou're being invoked on a timer.",
  "<<autonomous-loop-dynamic>>",
  "Operation stopped by hook: no prompts after six",
  "Operation stopped by hook",
  "Stop hook feedback:\nRun the tests.",
  "UserPromptSubmit operation blocked by hook:\nno secrets",
  "<system-reminder>now</system-reminder>\n<teammate-message teammate_id='a'>\nx\n</teammate-message>",
];

/** Lines whose text does not show who wrote it. */
const LINES: readonly (readonly [string, readonly Said[]])[] = [
  ...[
    "peer",
    "coordinator",
    "auto-continuation",
    "plugin",
    "observer",
    "observer-activity",
    "channel",
    "unclassified",
  ].map((kind) => [`origin ${kind}`, [user("Carry on with batch 4.", { origin: { kind } })]] as const),
  ["origin plugin, a picture alone", [user([{ type: "image", source: {} }], { origin: { kind: "plugin" } })]],
  ["origin peer, a command", [user("<command-name>/review</command-name>", { origin: { kind: "peer" } })]],
  ["origin task-notification, hidden", [user("x", { isMeta: true, origin: { kind: "task-notification" } })]],
  ["promptSource system", [user("Look at the build.", { promptSource: "system" })]],
  ["a schedule, hidden", [user("Look at the build.", { promptSource: "system", isMeta: true })]],
  ["a schedule by its id", [user("Look at the build.", { scheduledTaskId: "c1", isMeta: true })]],
  ["a wake-up", [user("Look at the build.", { wakeupSource: "loop", isMeta: true })]],
  ["a memory that is answered", [user("<user-memory-input>use bun</user-memory-input>")]],
  ["a schedule of older versions", [system("scheduled_task_fire"), user("Look at the build.", { isMeta: true })]],
];

/** Lines of a human. */
const HUMANS: readonly (readonly [string, readonly Said[], string])[] = [
  ["no origin", [user("Now the docs.")], "Now the docs."],
  ["origin human", [user("Now the docs.", { origin: { kind: "human" } })], "Now the docs."],
  ["promptSource typed", [user("Now the docs.", { promptSource: "typed" })], "Now the docs."],
  ["promptSource sdk", [user("Now the docs.", { promptSource: "sdk" })], "Now the docs."],
  ["a wrapper in the middle", [user("What is <teammate-message>?")], "What is <teammate-message>?"],
  ["words about hooks", [user("Operation stopped by hooks, why?")], "Operation stopped by hooks, why?"],
  [
    "words about sessions",
    [user("Another session sent a message, ignore it.")],
    "Another session sent a message, ignore it.",
  ],
  ["a tag of their own", [user("<ticket>42</ticket> fix it")], "<ticket>42</ticket> fix it"],
  ["a heading", [user("# Autonomous loops\nWrite it.")], "# Autonomous loops Write it."],
  ["an answered command", [user("<command-name>/review</command-name>")], "/review"],
  ["!", [user("<bash-input>npm test</bash-input>"), user("<bash-stdout>1 failing</bash-stdout>")], "! npm test"],
  ["! in blocks", [user([{ type: "text", text: "<bash-input>npm test</bash-input>" }])], "! npm test"],
  ["! with its output", [user("<bash-input>ls\npwd</bash-input><bash-stdout>a</bash-stdout>")], "! ls pwd"],
  [
    "! with an exit code",
    [user("<bash-input>ls</bash-input>\n<bash-exit-code>1</bash-exit-code>"), user("<bash-stderr>x</bash-stderr>")],
    "! ls",
  ],
];

const first = [user("Refactor the parser."), answer("Refactored.")];
const steps = [...tool("Read", { file_path: "/home/dev/app/p.js" }), answer("Noted.")];

describe("from transcripts", () => {
  test("a turn that nobody typed is one of its own, and neither last nor a sample takes it", async () => {
    await withoutKeys({}, async ({ home, project, start }) => {
      const openers = [...NOTICES.map((text) => [text, [user(text)]] as const), ...LINES];
      openers.forEach(([, lines], at) =>
        writeSession({ home, project }, sessionOf(at), [...first, ...lines, ...steps]),
      );
      const server = await start();
      const sampled = await server.fetch("sample:50");
      expect(idsOf(sampled)).toEqual(openers.map((_opener, at) => `${sessionOf(at)}-1`));
      expect(idsOf(await server.fetch("last"))[0]).toMatch(/-1$/u);
      for (const [at, [what]] of openers.entries()) {
        const [asked] = (await server.fetch(`${sessionOf(at)}-1`)).summaries;
        expect(asked, what).toMatchObject({ goal: "Refactor the parser.", tool_usage: {}, completed: true });
        const [noticed] = (await server.fetch(`${sessionOf(at)}-2`)).summaries;
        expect(noticed, what).toMatchObject({ goal: null, tool_usage: { read: 1 }, completed: true });
      }
    });
  });

  test("a human's turn is taken, a command behind ! as well once it is answered", async () => {
    await withoutKeys({}, async ({ home, project, start }) => {
      HUMANS.forEach(([, lines], at) => writeSession({ home, project }, sessionOf(at), [...first, ...lines, ...steps]));
      const server = await start();
      for (const [at, [what, , goal]] of HUMANS.entries()) {
        const [asked, next] = [1, 2].map((turn) => `${sessionOf(at)}-${turn}`);
        expect((await server.fetch(asked ?? "")).summaries[0], what).toMatchObject({ tool_usage: {} });
        expect((await server.fetch(next ?? "")).summaries[0], what).toMatchObject({ goal, tool_usage: { read: 1 } });
      }
      expect(idsOf(await server.fetch("sample:50"))).toHaveLength(2 * HUMANS.length);
    });
  });

  test("a session may begin with either", async () => {
    await withoutKeys({}, async ({ home, project, start }) => {
      writeSession({ home, project }, sessionOf(1), [user("<bash-input>npm test</bash-input>"), ...steps]);
      writeSession({ home, project }, sessionOf(2), [
        user("Look.", { isMeta: true, promptSource: "system" }),
        ...steps,
      ]);
      const { summaries } = await (await start()).fetch("last");
      expect(summaries).toMatchObject([{ trace_id: `${sessionOf(1)}-1`, goal: "! npm test" }]);
    });
  });

  test.each<readonly [string, readonly Said[]]>([
    ["a command behind !", [user("<bash-input>ls</bash-input>"), user("<bash-stdout>a</bash-stdout>")]],
    ["a memory", [user("<user-memory-input>use bun</user-memory-input>")]],
    ["a prompt that a hook stopped", [user("Operation stopped by hook: no")]],
    ["a hidden line", [user("Stop hook feedback:\nRun the tests.", { isMeta: true })]],
    ["a schedule's line alone", [system("scheduled_task_fire")]],
    ["the summary of a compaction", [system("compact_boundary"), user("This session", { isCompactSummary: true })]],
  ])("%s that nobody answers opens no turn", async (_what, lines) => {
    await withoutKeys({}, async ({ home, project, start }) => {
      writeSession({ home, project }, sessionOf(1), [...first, ...lines, user("Next."), answer()]);
      const server = await start();
      expect((await server.fetch(`${sessionOf(1)}-1`)).summaries[0]).toMatchObject({ completed: true });
      expect((await server.fetch("last")).summaries[0]).toMatchObject({ trace_id: `${sessionOf(1)}-2`, goal: "Next." });
    });
  });
});

describe("from Langfuse", () => {
  const read = { name: "Read", input: { file_path: "/home/dev/app/p.js" }, output: "1\ttext" };

  test("a text that shows that no human wrote it does so there too", async () => {
    const traces = [
      pluginTurn("human", "Refactor the parser.", [read]),
      ...NOTICES.map((text, at) => pluginTurn(`notice-${at}`, text, [read])),
    ];
    await withLangfuse({ traces }, async ({ server }) => {
      expect(idsOf(await server.fetch("sample:50"))).toEqual(["human"]);
      for (const [at, text] of NOTICES.entries())
        expect((await server.fetch(`notice-${at}`)).summaries[0], text).toMatchObject({ goal: null });
    });
  });

  test("a human's words stay a goal", async () => {
    const said = HUMANS.map(([, [line], goal]) => [textOf(line), goal] as const);
    const traces = said.map(([text], at) => pluginTurn(`turn-${at}`, text, [read]));
    await withLangfuse({ traces }, async ({ server }) => {
      expect(idsOf(await server.fetch("sample:50"))).toHaveLength(said.length);
      for (const [at, [, goal]] of said.entries())
        expect((await server.fetch(`turn-${at}`)).summaries[0]).toMatchObject({ goal });
    });
  });
});

function textOf(line: Said | undefined): string {
  const found = /<bash-input>[\s\S]*<\/bash-input>/u.exec(JSON.stringify(line))?.[0];
  const { content } = Object(line?.["message"]);
  return typeof content === "string" ? content : (found ?? "");
}

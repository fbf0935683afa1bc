import { describe, expect, test } from "vitest";
import { withoutKeys } from "../support/transcripts/recorded.ts";
import { put, toText, writer, type Json, type Writer } from "../support/transcripts/writer.ts";

const CWD = "/home/dev/app";
const START = Date.now() - 3_600_000;
const main = (): Writer => writer({ cwd: CWD, start: START });
/** What a subagent does: a prompt, calls, an answer; some seconds after the session began. */
const agent = (after: number, tools: readonly string[], agentId = "a1"): Writer => {
  const one = writer({ cwd: CWD, start: START + after * 1000, agentId }).user("Do a part");
  for (const tool of tools) one.tool(tool, { file_path: `${CWD}/${agentId}.js` });
  return one.say("Part done.");
};
const launched = (result: Json): Json => ({ toolUseResult: result });

type File = readonly [name: string, content: string];
const transcript = (id: string, { lines }: Writer, folder = ""): File => [`${folder}agent-${id}.jsonl`, toText(lines)];
const meta = (id: string, content: Json, folder = ""): File => [
  `${folder}agent-${id}.meta.json`,
  JSON.stringify(content),
];

/** The summaries of a session's turns. */
async function read(
  session: Writer,
  files: readonly File[],
  turns: readonly number[] = [1],
): Promise<readonly unknown[]> {
  return withoutKeys({ CLAUDE_PROJECT_DIR: CWD }, async ({ home, start }) => {
    put(home, CWD, "s.jsonl", toText(session.lines));
    for (const [name, content] of files) put(home, CWD, `s/subagents/${name}`, content);
    const server = await start();
    const summaries: unknown[] = [];
    for (const turn of turns) summaries.push(...(await server.fetch(`s-${turn}`)).summaries);
    return summaries;
  });
}

describe("agents that no Agent call started", () => {
  const RUN = "workflows/wf_1/";
  const workflow = (result: Json) =>
    main()
      .user("Sweep")
      .call("Workflow", { scriptPath: "sweep.js" }, "toolu_wf")
      .result("toolu_wf", launched(result))
      .say("Started.");
  const byWorkflow = [
    transcript("w1", agent(9, ["Read", "Edit"], "w1"), RUN),
    meta("w1", { agentType: "workflow-subagent" }, RUN),
    transcript("w2", agent(99, ["Bash"], "w2"), RUN),
    meta("w2", { agentType: "workflow-subagent" }, RUN),
    ["workflows/wf_1/journal.jsonl", "{}\n"],
  ] as const;

  test.each<readonly [string, Json]>([
    ["by the run's id", { runId: "wf_1", status: "async_launched" }],
    ["by the run's folder", { runId: "other", transcriptDir: "subagents/workflows/wf_1" }],
    ["by the run's whole folder", { transcriptDir: `${CWD}/.claude/subagents/workflows/wf_1/` }],
    ["by the run's folder on Windows", { transcriptDir: "C:\\x\\subagents\\workflows\\wf_1" }],
  ])("count below their workflow, linked %s", async (_what, result) => {
    expect(await read(workflow(result), byWorkflow)).toMatchObject([
      {
        tool_usage: { workflow: 1, read: 1, edit: 1, bash: 1 },
        subagents: ["workflow-subagent"],
        metrics: { subagent_tool_calls: 3 },
        coverage: { subagents: "inferred" },
        warnings: [{ code: "subagent_started_by_script", count: 2 }],
      },
    ]);
  });

  test("of another run belong to another call", async () => {
    expect(await read(workflow({ runId: "wf_2" }), byWorkflow)).toMatchObject([
      { tool_usage: { workflow: 1 }, coverage: { subagents: "partial" } },
    ]);
  });

  test("start agents of their own, which are read too", async () => {
    const outer = agent(9, [], "w1").call("Agent", { subagent_type: "Explore" }, "toolu_inner").result("toolu_inner");
    const files = [
      transcript("w1", outer, RUN),
      transcript("x1", agent(12, ["Grep"], "x1"), RUN),
      meta("x1", { agentType: "Explore", toolUseId: "toolu_inner" }, RUN),
    ];
    expect(await read(workflow({ runId: "wf_1" }), files)).toMatchObject([
      { tool_usage: { workflow: 1, agent: 1, grep: 1 }, subagents: expect.arrayContaining(["Explore"]) },
    ]);
  });

  test("count below the script that started them", async () => {
    const session = main().user("Run it").call("REPL", { code: "agent()" }, "toolu_r").result("toolu_r").say("Done.");
    const files = [
      transcript("a1", agent(2, ["Read", "Edit"])),
      meta("a1", { agentType: "general-purpose", enclosingToolUseId: "toolu_r" }),
    ];
    expect(await read(session, files)).toMatchObject([
      {
        tool_usage: { repl: 1, read: 1, edit: 1 },
        subagents: ["general-purpose"],
        coverage: { subagents: "inferred" },
        warnings: [{ code: "subagent_started_by_script", count: 1 }],
      },
    ]);
  });

  test.each<readonly [string, string, number, readonly string[]]>([
    ["that began in the turn, and nothing links, are warned of", "a1", 2, ["subagent_transcript_not_linked"]],
    ["that began in another turn are not", "a1", -600, []],
    ["that are a compaction of Claude Code's own are not", "acompact-12ab", 2, []],
    ["that are a guess of Claude Code's own are not", "aprompt_suggestion-12ab", 2, []],
  ])("%s", async (_what, id, after, codes) => {
    const session = main().user("Run it").tool("Read").say("Done.");
    expect(await read(session, [transcript(id, agent(after, ["Grep"], id))])).toMatchObject([
      {
        tool_usage: { read: 1 },
        coverage: { subagents: codes.length === 0 ? "recorded" : "partial" },
        warnings: codes.map((code) => ({ code, count: 1 })),
      },
    ]);
  });
});

describe("an agent that is continued in a later turn", () => {
  /** Three turns: the first starts an agent, the last goes on with it. */
  const continued = (name: string, input: Json): Writer =>
    main()
      .user("Look around")
      .call("Agent", { subagent_type: "Explore", description: "Look" }, "toolu_1")
      .result("toolu_1", launched({ agentId: "a1" }))
      .say("Looked.")
      .wait(60)
      .user("Rename it")
      .tool("Edit", { file_path: `${CWD}/b.js` })
      .say("Renamed.")
      .wait(60)
      .user("Look on")
      .call(name, input, "toolu_2")
      .result("toolu_2", launched({ agentId: "a1" }))
      .say("Looked on.");
  const twice = (prompt: unknown, more: Json = {}): Writer => {
    const one = agent(3, ["Read", "Grep"]).wait(120).user(prompt, more);
    return one.tool("Glob").say("Again.");
  };

  test.each<readonly [string, string, Json, unknown, Json]>([
    ["by its id", "SendMessage", { to: "a1", message: "Go on" }, "Go on", {}],
    ["by its name", "SendMessage", { to: "scout", message: "Go on" }, "Go on", {}],
    ["by a resumed call", "Agent", { subagent_type: "Explore", resume: "a1", prompt: "Go on" }, "Go on", {}],
    ["by blocks", "SendMessage", { to: "a1" }, [{ type: "text", text: "Go on" }], {}],
    ["by a coordinator", "SendMessage", { to: "a1" }, "Go on", { origin: { kind: "coordinator" } }],
  ])("%s worked in each turn for that turn", async (_what, name, input, prompt, more) => {
    const files = [
      transcript("a1", twice(prompt, more)),
      meta("a1", { agentType: "Explore", toolUseId: "toolu_1", name: "scout" }),
    ];
    const summaries = await read(continued(name, input), files, [1, 2, 3]);
    const [first, second, third] = summaries;
    expect(first).toMatchObject({ tool_usage: { agent: 1, read: 1, grep: 1 }, metrics: { subagent_tool_calls: 2 } });
    expect(first).toHaveProperty(
      "duration_ms",
      expect.toSatisfy((ms: number) => ms < 20_000),
    );
    expect(second).toMatchObject({ tool_usage: { edit: 1 }, metrics: { subagent_tool_calls: 0 } });
    expect(third).toMatchObject({
      tool_usage: { glob: 1 },
      metrics: { subagent_tool_calls: 1 },
      subagents: ["Explore"],
    });
  });

  test("keeps what it does after a notification of its own, though the next turn began", async () => {
    const files = [
      transcript("a1", twice("<task-notification>a shell ended</task-notification>")),
      meta("a1", { agentType: "Explore", toolUseId: "toolu_1" }),
    ];
    const [first] = await read(continued("Read", {}), files, [1]);
    expect(first).toMatchObject({ tool_usage: { agent: 1, read: 1, grep: 1, glob: 1 } });
  });
});

describe("calls that only progress lines hold", () => {
  const progress = (inner: Writer, callId: string, agentId = "a1"): readonly Json[] =>
    inner.lines.map(({ type, message, uuid, timestamp }, at) => ({
      type: "progress",
      uuid: `progress-${agentId}-${at}`,
      timestamp,
      parentToolUseID: callId,
      toolUseID: `agent_${at}`,
      data: { type: "agent_progress", agentId, prompt: "p", message: { type, message, uuid, timestamp } },
    }));
  const withProgress = (lines: readonly Json[]): Writer => {
    const one = main().user("Look").call("Task", { subagent_type: "Explore", description: "Look" }, "toolu_1");
    for (const line of lines) one.line(line);
    return one
      .wait(20)
      .result("toolu_1", launched({ agentId: "a1" }))
      .say("Looked.");
  };
  const lines = progress(agent(3, ["Read", "Grep"]), "toolu_1");
  const found = {
    tool_usage: { agent: 1, read: 1, grep: 1 },
    subagents: ["Explore"],
    coverage: { subagents: "recorded" },
    warnings: [],
  };

  test.each<readonly [string, readonly Json[], readonly File[]]>([
    ["count", lines, []],
    ["count once, when each was written twice", lines.flatMap((line) => [line, { ...line, uuid: "again" }]), []],
    ["count once, when the agent has a transcript too", lines, [transcript("a1", agent(3, ["Read", "Grep"]))]],
  ])("%s", async (_what, said, files) => {
    expect(await read(withProgress(said), files)).toMatchObject([found]);
  });

  test("of a hook or a shell are none", async () => {
    const others = lines.map((line) => ({ ...line, data: { type: "hook_progress", command: "x" } }));
    expect(await read(withProgress(others), [])).toMatchObject([
      { tool_usage: { agent: 1 }, warnings: [{ code: "subagent_transcript_missing", count: 1 }] },
    ]);
  });
});

describe("an Agent call", () => {
  const failed = (content: string): Writer => {
    const one = main().user("Look").call("Agent", { subagent_type: "Searcher" }, "toolu_1");
    const block = { type: "tool_result", tool_use_id: "toolu_1", is_error: true, content };
    return one.user([block]).say("I looked myself.");
  };

  test.each([
    "Agent type 'Searcher' not found. Available agents: Explore, Plan",
    "<tool_use_error>Agent type 'Searcher' not found. Available agents: Explore</tool_use_error>",
    "<tool_use_error>InputValidationError: Agent failed due to the following issue: prompt is missing</tool_use_error>",
    "The user doesn't want to proceed with this tool use. The tool use was rejected.",
    "Claude requested permissions to use Agent, but you haven't granted it yet.",
  ])("that was answered %j started nobody", async (content) => {
    expect(await read(failed(content), [])).toMatchObject([
      {
        subagents: [],
        tool_usage: { agent: 1 },
        coverage: { subagents: "recorded" },
        metrics: { subagent_tool_calls: 0 },
      },
    ]);
  });

  test.each(["API Error: 529 Overloaded", "[Request interrupted by user for tool use]"])(
    "that was answered %j started somebody",
    async (content) => {
      expect(await read(failed(content), [])).toMatchObject([
        { subagents: ["Searcher"], coverage: { subagents: "partial" } },
      ]);
    },
  );
});

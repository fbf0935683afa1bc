import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Summary } from "../../mcp-server/src/trace/summary/schema.ts";
import { temporaryFolder } from "../support/files/temporary.ts";
import { KEYS } from "../support/mcp/client.ts";
import { installSession, transcriptFolder, withoutKeys } from "../support/transcripts/recorded.ts";

const HOUR = 3600;
const idsOf = ({ summaries }: { readonly summaries: readonly { readonly trace_id: string }[] }): string[] =>
  summaries.map(({ trace_id }) => trace_id);

describe("last", () => {
  test("takes the newest completed turn of a human, from the project's transcripts", async () => {
    await withoutKeys({}, async ({ home, project, start }) => {
      const place = { home, project };
      installSession("rich-default", { ...place, secondsAgo: 2 * HOUR });
      const { sessionId } = installSession("multiturn", { ...place, secondsAgo: HOUR });
      const stopped = installSession("interrupted", { ...place, secondsAgo: 600 });
      const server = await start();
      const answer = await server.fetch("last");
      expect(answer.source).toMatchObject({ api: "transcript" });
      expect(idsOf(answer)).toEqual([`${sessionId}-2`]);
      expect(answer.summaries[0]).toMatchObject({ goal: "Yes, fix it.", session_id: sessionId, completed: true });
      expect(answer.skipped).toEqual([
        { trace_id: `${stopped.sessionId}-1`, reason: "not completed: it was interrupted" },
      ]);
    });
  });

  test("needs no rest after a turn whose end the transcript tells", async () => {
    await withoutKeys({}, async ({ home, project, start }) => {
      const { sessionId } = installSession("todo", { home, project, secondsAgo: 1 });
      expect(idsOf(await (await start()).fetch("last"))).toEqual([`${sessionId}-1`]);
    });
  });

  test("passes over the turns that notifications began", async () => {
    await withoutKeys({}, async ({ home, project, start }) => {
      const { sessionId } = installSession("bgagent", { home, project, secondsAgo: HOUR });
      const server = await start();
      expect(idsOf(await server.fetch("last"))).toEqual([`${sessionId}-1`]);
      expect((await server.fetch(`${sessionId}-3`)).summaries[0]).toMatchObject({ goal: null });
    });
  });

  test("takes the last finished turn of the running session, whether that is known by its id or by the audit it asked for", async () => {
    await withoutKeys({}, async ({ home, project, start }) => {
      installSession("todo", { home, project, secondsAgo: HOUR });
      const running = installSession("multiturn", { home, project, secondsAgo: 60 });
      const expected = [`${running.sessionId}-2`];
      const known = await start({ CLAUDE_CODE_SESSION_ID: running.sessionId });
      expect(idsOf(await known.fetch("last"))).toEqual(expected);
      // A continued session goes on under another id than the one that the server was told.
      const continued = await start({ CLAUDE_CODE_SESSION_ID: "another" });
      const steps = [
        line("user", "<command-name>/audit</command-name>\n<command-args>last</command-args>", {}),
        line("assistant", [{ type: "tool_use", id: "toolu_own", name: OWN_TOOL, input: {} }], { stop: "tool_use" }),
        line("user", [{ type: "tool_result", tool_use_id: "toolu_own", content: "" }], {}),
      ];
      for (const step of steps) {
        appendFileSync(running.path, step);
        expect(idsOf(await continued.fetch("last"))).toEqual(expected);
      }
    });
  });

  const OWN_TOOL = "mcp__plugin_trace-audit_langfuse__fetch_trace";
});

describe("a transcript that grows", () => {
  test("shows its next turn without a restart, and a turn in progress is not completed", async () => {
    await withoutKeys({}, async ({ home, project, start }) => {
      const { sessionId, path } = installSession("multiturn", { home, project, secondsAgo: HOUR });
      const server = await start();
      expect(idsOf(await server.fetch("last"))).toEqual([`${sessionId}-2`]);
      appendFileSync(path, line("user", "And now the docs.", {}));
      expect(idsOf(await server.fetch("last"))).toEqual([`${sessionId}-2`]);
      expect((await server.fetch(`${sessionId}-3`)).summaries[0]).toMatchObject({
        trace_id: `${sessionId}-3`,
        goal: "And now the docs.",
        completed: false,
      });
      appendFileSync(path, line("assistant", [{ type: "text", text: "Written." }], { stop: "end_turn" }));
      expect(idsOf(await server.fetch("last"))).toEqual([`${sessionId}-3`]);
    });
  });

  test("is left to rest when its last text may not be the last: older versions do not say", async () => {
    await withoutKeys({}, async ({ home, project, start }) => {
      const { sessionId, path } = installSession("multiturn", { home, project, secondsAgo: HOUR });
      appendFileSync(path, line("user", "Go on.", {}) + line("assistant", [{ type: "text", text: "I'll look" }], {}));
      const server = await start();
      const early = await server.fetch("last");
      expect(idsOf(early)).toEqual([`${sessionId}-2`]);
      expect(early.skipped[0]?.reason).toContain("may still grow");
      const rested = Date.now() / 1000 - 90;
      utimesSync(path, rested, rested);
      expect(idsOf(await server.fetch("last"))).toEqual([`${sessionId}-3`]);
    });
  });

  test("may end in half a line; a damaged line before is counted", async () => {
    await withoutKeys({}, async ({ home, project, start }) => {
      const { sessionId, path } = installSession("todo", { home, project, secondsAgo: HOUR });
      const whole = readFileSync(path, "utf8");
      writeFileSync(path, whole.replace("\n", '\n{"type":"user","mess\n'));
      const server = await start();
      const [summary] = (await server.fetch(`${sessionId}-1`)).summaries;
      expect(summary).toMatchObject({ completed: true, tasks: 2 });
      writeFileSync(path, `${whole.replace(/\n(?=.*"tool_result")/u, '\n{"type":"user","mess\n')}{"type":"us`);
      expect((await server.fetch(`${sessionId}-1`)).summaries[0]).toMatchObject({
        completed: true,
        warnings: [{ code: "damaged_transcript_line", count: 1 }],
      });
    });
  });
});

describe("sample:N", () => {
  test("draws from the turns of humans in the last 30 days", async () => {
    await withoutKeys({}, async ({ home, project, start }) => {
      const place = { home, project };
      installSession("todo", { ...place, secondsAgo: 40 * 24 * HOUR });
      const turns = [
        installSession("multiturn", { ...place, secondsAgo: 10 * HOUR }),
        installSession("bgagent", { ...place, secondsAgo: 5 * HOUR }),
      ];
      const [multiturn = "", bgagent = ""] = turns.map(({ sessionId }) => sessionId);
      const server = await start();
      const answer = await server.fetch("sample:3");
      expect(idsOf(answer).toSorted()).toEqual([`${multiturn}-1`, `${multiturn}-2`, `${bgagent}-1`].toSorted());
      expect(answer.source).toMatchObject({ api: "transcript", population: 3 });
      expect(answer.sample).toMatchObject({ requested: 3, returned: 3, note: null });
      expect(Date.parse(answer.source.window?.to ?? "") - Date.parse(answer.source.window?.from ?? "")).toBe(
        30 * 24 * HOUR * 1000,
      );
    });
  });

  test("counts a turn that a forked session repeats once", async () => {
    await withoutKeys({}, async ({ home, project, start }) => {
      const { path } = installSession("multiturn", { home, project, secondsAgo: HOUR });
      const fork = path.replace(/[^/]+$/u, "f0000000-0000-4000-8000-000000000000.jsonl");
      writeFileSync(fork, readFileSync(path));
      expect((await (await start()).fetch("sample:5")).source.population).toBe(2);
    });
  });
});

describe("an id", () => {
  test("of a session alone is the whole session; a turn's summary is written under the turn's id", async () => {
    await withoutKeys({}, async ({ home, project, start }) => {
      const { sessionId } = installSession("multiturn", { home, project, secondsAgo: HOUR });
      const server = await start();
      expect(idsOf(await server.fetch(sessionId))).toEqual([`session:${sessionId}`]);
      const written = await server.write(`${sessionId}-1`);
      expect(written.path).toBe(`docs/audit/summaries/${sessionId}-1.json`);
      const summary = Summary.parse(JSON.parse(readFileSync(join(project, written.path), "utf8")));
      expect(summary.goal).toBe("Why does node test.js fail?");
      // Computed anew by a server that never saw it.
      expect(await (await start()).write(`${sessionId}-1`)).toMatchObject({ status: "unchanged" });
    });
  });

  test("that no transcript has is not found, with what to do", async () => {
    await withoutKeys({}, async ({ home, project, start }) => {
      const { sessionId } = installSession("multiturn", { home, project, secondsAgo: HOUR });
      const server = await start();
      for (const unknown of [`${sessionId}-3`, `${sessionId}-0`, "9b471b3d016671b2ee082f4419530e7a"]) {
        const said = await server.failure(unknown);
        expect(said).toContain(`Trace "${unknown}" was not found`);
        expect(said).toContain("/plugin configure trace-audit");
      }
    });
  });

  test("that is a path, or leads through a link, reads nothing outside the project's transcripts", async () => {
    await withoutKeys({}, async ({ home, project, start }) => {
      const { path } = installSession("multiturn", { home, project, secondsAgo: HOUR });
      // Of this project by its content, so that only its place keeps it from being read.
      const outside = installSession("todo", { home: temporaryFolder("other"), project, secondsAgo: HOUR });
      const folder = transcriptFolder(home, project);
      symlinkSync(outside.path, join(folder, "linked.jsonl"));
      mkdirSync(join(folder, "directory.jsonl"));
      const server = await start();
      const escapes = [
        outside.path.replace(".jsonl", ""),
        `../${outside.path.split("/").at(-2)}/${outside.sessionId}`,
        `..%2f${outside.sessionId}`,
        path,
        "linked",
        "linked-1",
        "directory",
      ];
      for (const escape of escapes) expect(await server.failure(escape)).toContain("was not found");
      expect((await server.fetch("sample:9")).source.population).toBe(2);
    });
  });

  test("of a Langfuse URL says that there are no keys", async () => {
    await withoutKeys({}, async ({ home, project, start }) => {
      installSession("todo", { home, project, secondsAgo: HOUR });
      const said = await (await start()).failure("https://cloud.langfuse.com/project/p/traces/abc");
      expect(said).toContain("https://cloud.langfuse.com");
      expect(said).toContain("no Langfuse keys are set");
    });
  });
});

test.each(["LANGFUSE_PUBLIC_KEY", "LANGFUSE_SECRET_KEY"] as const)(
  "%s alone is an error, transcripts or not",
  async (key) => {
    await withoutKeys({ [key]: KEYS[key] }, async ({ home, project, start }) => {
      installSession("todo", { home, project, secondsAgo: HOUR });
      const said = await (await start()).failure("last");
      expect(said).toContain("is missing, while the other Langfuse key is set");
      expect(said).not.toContain(KEYS[key]);
    });
  },
);

describe("subagents", () => {
  test("of older versions lie beside their session and are named by the call's result; theirs are read too", async () => {
    await withoutKeys({}, async ({ home, project, start }) => {
      const { sessionId, path } = installSession("rich-default", { home, project, secondsAgo: HOUR });
      const folder = join(path, "..", sessionId, "subagents");
      const file = readdirSync(folder).find((name) => name.endsWith(".jsonl")) ?? "";
      const nested = [
        { type: "tool_use", id: "toolu_nested", name: "Agent", input: { subagent_type: "Plan", prompt: "p" } },
      ];
      const launched = { toolUseResult: { agentId: "inner" } };
      const result = [{ type: "tool_result", tool_use_id: "toolu_nested", content: "planned" }];
      const calls = line("assistant", nested, { stop: "tool_use" }) + line("user", result, {}, launched);
      writeFileSync(join(path, "..", file), readFileSync(join(folder, file), "utf8") + calls);
      const search = [{ type: "tool_use", id: "toolu_inner", name: "Grep", input: { pattern: "zero" } }];
      writeFileSync(join(path, "..", "agent-inner.jsonl"), line("user", "p", {}) + line("assistant", search, {}));
      rmSync(folder, { recursive: true });
      const [summary] = (await (await start()).fetch(`${sessionId}-1`)).summaries;
      expect(summary).toMatchObject({
        subagents: ["Explore", "Plan"],
        tool_usage: { read: 6, grep: 3, agent: 2 },
        metrics: { tool_calls: 22, subagent_tool_calls: 5 },
      });
    });
  });

  test("still at work are found by the file beside their transcript: their call has no result yet", async () => {
    await withoutKeys({}, async ({ home, project, start }) => {
      const { sessionId, path } = installSession("rich-default", { home, project, secondsAgo: HOUR });
      const written = readFileSync(path, "utf8").split(/(?<=\n)/u);
      const call = written.findIndex((one) => one.includes('"type":"tool_use"') && one.includes('"name":"Agent"'));
      writeFileSync(path, written.slice(0, call + 1).join(""));
      expect((await (await start()).fetch(`${sessionId}-1`)).summaries[0]).toMatchObject({
        completed: false,
        subagents: ["Explore"],
        metrics: { subagent_tool_calls: 3 },
      });
    });
  });

  test("whose transcript is gone are counted, and the coverage says so", async () => {
    await withoutKeys({}, async ({ home, project, start }) => {
      const { sessionId, path } = installSession("rich-default", { home, project, secondsAgo: HOUR });
      rmSync(join(path, "..", sessionId), { recursive: true });
      expect((await (await start()).fetch(`${sessionId}-1`)).summaries[0]).toMatchObject({
        metrics: { tool_calls: 17 },
        coverage: { subagents: "partial" },
        warnings: [{ code: "subagent_transcript_missing", count: 1 }],
      });
    });
  });
});

test("a line too long to be read is passed over and counted", async () => {
  await withoutKeys({}, async ({ home, project, start }) => {
    const { sessionId, path } = installSession("todo", { home, project, secondsAgo: HOUR });
    const [first = "", ...rest] = readFileSync(path, "utf8").split(/(?<=\n)(?=.*"type":"assistant")/u);
    writeFileSync(path, `${first}{"type":"user","padding":"${"x".repeat(50_000_000)}"}\n${rest.join("")}`);
    expect((await (await start()).fetch(`${sessionId}-1`)).summaries[0]).toMatchObject({
      completed: true,
      tasks: 2,
      warnings: [{ code: "oversized_transcript_line", count: 1 }],
    });
  });
});

test("no connection is opened, whatever is asked for", async () => {
  await withoutKeys({}, async ({ home, project, start }) => {
    const { sessionId } = installSession("multiturn", { home, project, secondsAgo: HOUR });
    const guard = join(home, "guard.cjs");
    writeFileSync(
      guard,
      `for (const [owner, name] of [[require("node:net").Socket.prototype, "connect"], [require("node:dns"), "lookup"]]) {
         const original = owner[name];
         owner[name] = function (...args) { process.stderr.write("connects"); return original.apply(this, args); };
       }`,
    );
    const watched = { NODE_OPTIONS: `--require ${guard}` };
    const server = await start(watched);
    await server.fetch("last");
    await server.fetch("sample:2");
    await server.write(sessionId + "-1");
    await server.failure("unknown");
    expect(server.stderr()).toBe("");
    const online = await start({ ...watched, ...KEYS, LANGFUSE_BASE_URL: "http://127.0.0.1:65530" });
    await online.failure("last");
    expect(online.stderr()).toContain("connects");
  });
});

let lines = 0;

/** A line as Claude Code writes it, of now. */
function line(
  type: "user" | "assistant",
  content: unknown,
  { stop }: { readonly stop?: string },
  more: Readonly<Record<string, unknown>> = {},
): string {
  lines += 1;
  const role = {
    role: type,
    content,
    ...(type === "assistant" ? { id: `msg_${lines}`, stop_reason: stop ?? null } : {}),
  };
  const timestamp = new Date(Date.now() + lines).toISOString();
  return `${JSON.stringify({ type, uuid: `line-${lines}`, timestamp, message: role, ...more })}\n`;
}

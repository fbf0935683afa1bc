import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Summary } from "../../mcp-server/src/trace/summary/schema.ts";
import { temporaryFolder } from "../support/files/temporary.ts";
import { withoutKeys } from "../support/transcripts/recorded.ts";
import { put, toText, writer, type Json } from "../support/transcripts/writer.ts";

type Answer = { readonly summaries: readonly { readonly trace_id: string; readonly goal: string | null }[] };
const goalsOf = ({ summaries }: Answer) => summaries.map(({ goal }) => goal);

const OWN_TOOL = "mcp__plugin_trace-audit_langfuse__fetch_trace";
const session = (cwd: string, goal = "Fix the parser") =>
  writer({ cwd })
    .user(goal)
    .tool("Edit", { file_path: `${cwd}/a.js`, old_string: "a", new_string: "b" })
    .say("Done.");

describe("a project is found", () => {
  // Where it was started, the project whose folder the transcript lies in, and what its lines call the project.
  test.each<readonly [string, string, string, string]>([
    ["with a character of two units", "/home/dev/🚀-app", "/home/dev/🚀-app", "/home/dev/🚀-app"],
    ["with a rare ideograph", "/home/dev/𠮷野家", "/home/dev/𠮷野家", "/home/dev/𠮷野家"],
    ["in Chinese", "/home/dev/新聞", "/home/dev/新聞", "/home/dev/新聞"],
    ["with an accent, given in parts", "/home/dev/cafe\u0301", "/home/dev/caf\u00e9", "/home/dev/caf\u00e9"],
    ["with an accent, written in parts", "/home/dev/caf\u00e9", "/home/dev/cafe\u0301", "/home/dev/cafe\u0301"],
    ["with a slash behind it", "/home/dev/app/", "/home/dev/app", "/home/dev/app"],
    ["on a drive in small", "c:\\Users\\dev\\app", "C:\\Users\\dev\\app", "C:\\Users\\dev\\app"],
    ["on a drive in capitals", "C:\\Users\\dev\\app", "c:\\Users\\dev\\app", "c:\\Users\\dev\\app"],
    ["on a drive with slashes", "C:/Users/dev/app", "C:\\Users\\dev\\app", "C:\\Users\\dev\\app"],
    ["on a drive as Git's shell names it", "/c/Users/dev/app", "C:\\Users\\dev\\app", "C:\\Users\\dev\\app"],
    ["that was renamed with its transcripts", "/home/dev/new", "/home/dev/new", "/home/dev/old"],
    [
      "from the checkout that a worktree is below",
      "/home/dev/app",
      "/home/dev/app/.claude/worktrees/a",
      "/home/dev/app",
    ],
    [
      "from the checkout, of a session that began in its worktree",
      "/home/dev/app",
      "/home/dev/app/.claude/worktrees/a",
      "/home/dev/app/.claude/worktrees/a",
    ],
  ])("%s", async (_what, given, folder, cwd) => {
    await withoutKeys({ CLAUDE_PROJECT_DIR: given }, async ({ home, start }) => {
      put(home, folder, "one.jsonl", toText(session(cwd).lines));
      expect(goalsOf(await (await start()).fetch("last"))).toEqual(["Fix the parser"]);
    });
  });

  test.each<readonly [string, string]>([
    ["a path of which the folder has the same name", "/home/dev/a/b"],
    ["a folder below it", "/home/dev/a-b/sub"],
  ])("but not by a transcript that says %s, and the answer says so", async (_what, cwd) => {
    await withoutKeys({ CLAUDE_PROJECT_DIR: "/home/dev/a-b" }, async ({ home, start }) => {
      put(home, "/home/dev/a-b", "other.jsonl", toText(session(cwd).lines), 60);
      put(home, "/home/dev/a-b", "ours.jsonl", toText(session("/home/dev/a-b").lines));
      const answer = await (await start()).fetch("last");
      expect(answer.summaries.map(({ trace_id }) => trace_id)).toEqual(["ours-1"]);
      expect(answer.skipped).toMatchObject([{ trace_id: "other", reason: expect.stringMatching(/another project/u) }]);
    });
  });

  test("of a session that entered a worktree, from the checkout and from the worktree, wherever Git has it", async () => {
    const main = temporaryFolder("checkout");
    const tree = join(temporaryFolder("elsewhere"), "tree");
    mkdirSync(join(main, ".git", "worktrees", "tree"), { recursive: true });
    writeFileSync(join(main, ".git", "worktrees", "tree", "gitdir"), `${tree}/.git\n`);
    await withoutKeys({}, async ({ home, start }) => {
      const moved = session(main).lines.map((line, at) => (at < 2 ? line : { ...line, cwd: tree }));
      put(home, tree, "one.jsonl", toText(moved));
      for (const CLAUDE_PROJECT_DIR of [main, tree])
        expect(goalsOf(await (await start({ CLAUDE_PROJECT_DIR })).fetch("last"))).toEqual(["Fix the parser"]);
    });
  });

  test("under two folders with one session in both, by the file that went on", async () => {
    await withoutKeys({ CLAUDE_PROJECT_DIR: "/home/dev/app" }, async ({ home, start }) => {
      const one = session("/home/dev/app");
      put(home, "/home/dev/app", "one.jsonl", toText(one.lines), 900);
      one.user("And the lexer").say("Done too.");
      put(home, "/home/dev/app/.claude/worktrees/a", "one.jsonl", toText(one.lines), 60);
      const server = await start();
      expect(goalsOf(await server.fetch("last"))).toEqual(["And the lexer"]);
      expect(goalsOf(await server.fetch("one-2"))).toEqual(["And the lexer"]);
      expect((await server.fetch("sample:9")).source.population).toBe(2);
    });
  });
});

describe("the running session", () => {
  const CWD = "/home/dev/app";
  const COMMAND = "<command-name>/trace-audit:audit</command-name>\n<command-args>last</command-args>";
  const audit = (id = "toolu_own") => writer({ cwd: CWD }).user(COMMAND).call(OWN_TOOL, {}, id);
  const reasons = (skipped: readonly { readonly trace_id: string; readonly reason: string }[]) =>
    skipped.map(({ trace_id, reason }) => `${trace_id}: ${reason}`);

  test.each<readonly [string, readonly Json[], string]>([
    ["with an unanswered call", audit().lines, "first"],
    ["of which only the command is written yet", audit().lines.slice(0, 1), "first"],
    ["with another call in the same message", besides(audit().lines), "first"],
    ["whose other call was answered", besides(audit().lines, "toolu_other"), "first"],
  ])("is the one %s: what was done before /clear is not", async (_what, lines, named) => {
    await withoutKeys({ CLAUDE_PROJECT_DIR: CWD, CLAUDE_CODE_SESSION_ID: named }, async ({ home, start }) => {
      put(home, CWD, "old.jsonl", toText(session(CWD, "Old work").lines), 90_000);
      put(home, CWD, "first.jsonl", toText(session(CWD).lines), 300);
      put(home, CWD, "second.jsonl", toText(lines), 0);
      const answer = await (await start()).fetch("last");
      expect(goalsOf(answer)).toEqual(["Fix the parser"]);
      expect(reasons(answer.skipped)).toEqual(lines.length > 1 ? ["second-1: its turn still runs"] : []);
    });
  });

  test("is the resumed one, whatever the environment says, and what it did before counts", async () => {
    await withoutKeys({ CLAUDE_PROJECT_DIR: CWD, CLAUDE_CODE_SESSION_ID: "first" }, async ({ home, start }) => {
      put(home, CWD, "first.jsonl", toText(session(CWD).lines), 300);
      const resumed = session(CWD, "Earlier work").user(COMMAND).call(OWN_TOOL, {}, "toolu_own");
      put(home, CWD, "resumed.jsonl", toText(resumed.lines), 0);
      const server = await start();
      const answer = await server.fetch("sample:9");
      expect(goalsOf(answer)).toContain("Earlier work");
      expect(reasons(answer.skipped)).toEqual(["resumed-2: its turn still runs"]);
    });
  });

  test("is no session that was killed in the middle of an audit: its finished work counts", async () => {
    await withoutKeys({ CLAUDE_PROJECT_DIR: CWD }, async ({ home, start }) => {
      put(home, CWD, "killed.jsonl", toText([...session(CWD).lines, ...audit().lines]), 7200);
      expect(goalsOf(await (await start()).fetch("last"))).toEqual(["Fix the parser"]);
    });
  });

  test("is the one that the environment names when none has a call: its finished turns count", async () => {
    await withoutKeys({ CLAUDE_PROJECT_DIR: CWD, CLAUDE_CODE_SESSION_ID: "named" }, async ({ home, start }) => {
      put(home, CWD, "old.jsonl", toText(session(CWD, "Old work").lines), 9000);
      put(home, CWD, "named.jsonl", toText(session(CWD).user("Now the docs").lines), 60);
      const server = await start();
      expect(goalsOf(await server.fetch("last"))).toEqual(["Fix the parser"]);
      expect(new Set(goalsOf(await server.fetch("sample:5")))).toEqual(new Set(["Fix the parser", "Old work"]));
    });
  });

  test.each([
    "/plop",
    "/trace-audit:audit session",
    "@prompt-engineer why that order?",
    "So? @agent-trace-audit:prompt-engineer",
  ])("%s in it is no piece of work", async (prompt) => {
    await withoutKeys({ CLAUDE_PROJECT_DIR: CWD }, async ({ home, start }) => {
      const asked = session(CWD).user(prompt).say("As asked.").user(COMMAND).call(OWN_TOOL, {}, "toolu_own");
      put(home, CWD, "now.jsonl", toText(asked.lines), 0);
      expect(goalsOf(await (await start()).fetch("last"))).toEqual(["Fix the parser"]);
    });
  });

  test("shows a turn with the human's words beside it, among which an audit is no verdict", async () => {
    await withoutKeys({ CLAUDE_PROJECT_DIR: CWD }, async ({ home, start }) => {
      const turns = session(CWD).user("Does it parse tabs?").say("Yes.");
      const audited = [...turns.lines, ...audit().say("One issue.").lines];
      put(home, CWD, "one.jsonl", toText(audited), 300);
      const server = await start();
      const humansOf = async (id: string): Promise<unknown> =>
        Summary.parse((await server.fetch(id)).summaries[0]).turns.map(({ turn, human }) => [turn, human]);
      const both = [
        [1, "Fix the parser"],
        [2, "Does it parse tabs?"],
      ];
      expect(await humansOf("one-1")).toEqual(both);
      expect(await humansOf("one-2")).toEqual(both);
    });
  });

  /** Another call of the same message as the last line's, and its result. */
  function besides(lines: readonly Json[], answered?: string): readonly Json[] {
    const last = lines.at(-1) ?? {};
    const content = [{ type: "tool_use", id: "toolu_other", name: "Read", input: {} }];
    const message = { ...(typeof last["message"] === "object" ? last["message"] : {}), content };
    const other = { ...last, uuid: "uuid-other", message };
    const results = answered === undefined ? [] : writer({ cwd: CWD }).result(answered).lines;
    return [...lines, other, ...results];
  }
});

describe("history that was written again", () => {
  const CWD = "/home/dev/app";
  const edit = (name: string) => ["Edit", { file_path: `${CWD}/${name}`, old_string: "a", new_string: "b" }] as const;
  const SUMMARY = "This session is being continued from a previous conversation that ran out of context.";

  /** Two turns, then a third with the lines in between that `again` makes of the first two. */
  const replayed = (again: (before: readonly Json[]) => readonly Json[]): readonly Json[] => {
    const one = writer({ cwd: CWD });
    one
      .user("Rename it")
      .tool(...edit("a.js"))
      .line({ type: "system", subtype: "api_error", uuid: "retry", level: "error" });
    one
      .line({ type: "system", subtype: "compact_boundary", uuid: "boundary" })
      .user(SUMMARY, { isCompactSummary: true });
    one
      .say("Renamed.")
      .user("Write the docs")
      .tool("Read", { file_path: `${CWD}/b.md` });
    one.line({ type: "user", uuid: "stopped", message: { role: "user", content: "[Request interrupted by user]" } });
    const before = [...one.lines];
    one.wait(600).user("Fix the test").tool("Grep", { pattern: "x" });
    for (const line of again(before)) one.line(line);
    return one.tool(...edit("t.js")).say("Fixed.").lines;
  };

  test.each<readonly [string, (before: readonly Json[]) => readonly Json[]]>([
    ["not at all", () => []],
    ["once", (before) => before],
    ["twice", (before) => [...before, ...before]],
    ["in part", (before) => before.slice(1, 5)],
    ["with another parent", (before) => before.map((line) => ({ ...line, parentUuid: "other" }))],
    ["in reverse", (before) => before.toReversed()],
  ])("%s is no turn, no step, no failure", async (_what, again) => {
    await withoutKeys({ CLAUDE_PROJECT_DIR: CWD }, async ({ home, start }) => {
      put(home, CWD, "one.jsonl", toText(replayed(again)));
      const server = await start();
      const [summary] = (await server.fetch("last")).summaries;
      expect(summary).toMatchObject({
        trace_id: "one-3",
        goal: "Fix the test",
        completed: true,
        tool_usage: { grep: 1, edit: 1 },
        session: { turn: 3, earlier_turns: 2, earlier_tool_calls: 2 },
        notable_patterns: [],
        warnings: [],
      });
      expect(summary?.duration_ms).toBeLessThan(20_000);
      expect(await server.failure("one-4")).toContain("was not found");
    });
  });
});

describe("lines of another make", () => {
  const CWD = "/home/dev/app";
  const spaced = (lines: readonly Json[], pad: string) =>
    lines.map((line) => `${JSON.stringify(line, null, 1).replaceAll(/\n\s*/gu, pad)}\n`).join("");
  const whole = session(CWD)
    .user("Fix the lexer")
    .tool("Read", { file_path: `${CWD}/l.js` })
    .say("Fixed.").lines;
  const half = JSON.stringify(whole[3]).slice(0, 200);
  const front = toText(whole.slice(0, 4));
  const back = toText(whole.slice(4));

  test.each<readonly [string, string, number]>([
    ["with spaces", spaced(whole, " "), 0],
    ["with a space behind colons", spaced(whole, ""), 0],
    ["in another order", toText(whole.map(({ type, message, ...rest }) => ({ message, ...rest, type }))), 0],
    ["ended as on Windows", toText(whole).replaceAll("\n", "\r\n"), 0],
    ["behind half a line", `${front}${half}${back}`, 1],
    ["behind half a recorded request", `${front}{"type":"api-request-blob","body":"${"x".repeat(400)}${back}`, 1],
    ["behind bytes without a meaning", `${front}${"\0".repeat(512)}${back}`, 1],
  ])("%s are read", async (_what, text, damaged) => {
    await withoutKeys({ CLAUDE_PROJECT_DIR: CWD }, async ({ home, start }) => {
      put(home, CWD, "one.jsonl", text);
      const server = await start();
      expect((await server.fetch("last")).summaries[0]).toMatchObject({
        trace_id: "one-2",
        goal: "Fix the lexer",
        tool_usage: { read: 1 },
        completed: true,
      });
      const [first] = (await server.fetch("one-1")).summaries;
      expect(first).toMatchObject({ goal: "Fix the parser", tool_usage: { edit: 1 } });
      const both = JSON.stringify([first, ...(await server.fetch("one-2")).summaries]);
      expect(both.split("damaged_transcript_line").length - 1).toBe(damaged);
    });
  });
});

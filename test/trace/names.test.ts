import { describe, expect, test } from "vitest";
import { bareMentions } from "../../mcp-server/src/audit/agents.ts";
import { toName } from "../../mcp-server/src/trace/values/names.ts";
import { createPaths } from "../../mcp-server/src/trace/timeline/paths.ts";
import { parseSelector } from "../../mcp-server/src/audit/audit-argument.ts";

describe("a name from outside", () => {
  test.each([
    ["Read", "Read"],
    ["mcp__server__do-it", "mcp__server__do-it"],
    ["src/größe.ts", "src/größe.ts"],
    ["日本語", "日本語"],
    ["two\nlines", "two lines"],
    ["a\u202eb\u200bc", "a b c"],
    ["half \ud800 pair", "half pair"],
    ["\u{e0041}hidden", "hidden"],
    ["<b>'bold' `x` \"y\"</b>", "_b__bold_ _x_ _y__/b_"],
    ["", "unnamed"],
    ["\u200b", "unnamed"],
  ])("%j becomes %j", (written, expected) => {
    expect(toName(written)).toBe(expected);
  });

  test("has at most 100 characters", () => {
    expect(toName("x".repeat(100))).toHaveLength(100);
    expect(toName("x".repeat(1_000_000))).toBe(`${"x".repeat(99)}…`);
  });
});

describe("a path", () => {
  const calls = [
    { path: "/home/dev/app/src/a.ts", op: "read" },
    { path: "/home/dev/app/test/b.ts", op: "edit" },
  ];
  const paths = createPaths([], calls);
  const shown = (path: string): string => paths.show(paths.key(path));

  test.each([
    ["/home/dev/app/src/a.ts", "src/a.ts"],
    ["/home/dev/app/./src//x/../a.ts", "src/a.ts"],
    ["src/a.ts", "src/a.ts"],
    ["./src/a.ts", "src/a.ts"],
  ])("%s inside the project is shown from there", (path, expected) => {
    expect(shown(path)).toBe(expected);
  });

  test.each([
    "/etc/passwd",
    "/home/dev/application/a.ts",
    "../secret.txt",
    "/home/dev/app/../other/a.ts",
    "~/.ssh/id_rsa",
    "C:\\Users\\me\\a.ts",
  ])("%s outside the project is hashed", (path) => {
    expect(shown(path)).toMatch(/^[0-9a-f]{12}$/u);
    expect(shown(path)).not.toBe(shown(`${path}x`));
  });

  test("is told from its double by a hash where its name had to be cleaned", () => {
    const [left, right] = [shown("src/<a>.ts"), shown('src/"a".ts')];
    expect(left).toMatch(/^src\/_a_\.ts#[0-9a-f]{12}$/u);
    expect(left).not.toBe(right);
    expect(shown(`src/${"x".repeat(300)}.ts`).length).toBeLessThanOrEqual(80);
  });

  test("knows no project in the root or a home folder", () => {
    const loose = createPaths(
      [],
      [
        { path: "/a.ts", op: "read" },
        { path: "/home/dev/b.ts", op: "read" },
      ],
    );
    expect(loose.show(loose.key("/home/dev/b.ts"))).toMatch(/^[0-9a-f]{12}$/u);
  });
});

describe("a selector", () => {
  const id = (traceId: string, origin?: string, projectId: string | null = "p") => ({
    kind: "id",
    traceId,
    url: origin === undefined ? null : { origin, projectId },
  });

  test.each<readonly [string, unknown]>([
    ["last", { kind: "last" }],
    [" LAST\n", { kind: "last" }],
    ["sample:1", { kind: "sample", size: 1 }],
    ["sample: 050 ", { kind: "sample", size: 50 }],
    ["Sample:7", { kind: "sample", size: 7 }],
    ["6e3e3baa4a850edba6c1f6d1b6e884c9", id("6e3e3baa4a850edba6c1f6d1b6e884c9")],
    ['"my-trace:1/2"', id("my-trace:1/2")],
    ["https://cloud.langfuse.com/project/p/traces/abc", id("abc", "https://cloud.langfuse.com")],
    ["https://LF.example/base/project/p/traces/a%2Fb?tab=1#x", id("a/b", "https://lf.example")],
    ["http://localhost:3000/project/p/traces?peek=abc&x=1", id("abc", "http://localhost:3000")],
    ["https://lf.example/trace/abc/", id("abc", "https://lf.example", null)],
    ["https://lf.example/project/p/traces?peek=o1&observation=o1&traceId=abc", id("abc", "https://lf.example")],
    ["https://lf.example/project/p/traces?traceId=abc&peek=o1", id("abc", "https://lf.example")],
    ["https://lf.example/project/p%20q/traces/abc?traceId=o1", id("abc", "https://lf.example", "p q")],
  ])("%j", (written, expected) => {
    expect(parseSelector(written)).toEqual(expected);
  });

  test.each([
    "",
    "   ",
    "sample",
    "sample:",
    "sample:0",
    "sample:51",
    "sample:-1",
    "sample:1.5",
    "sample:1e1",
    "sample:ten",
    "two words",
    "..",
    ".",
    "a\u0000b",
    "x".repeat(257),
    "https://cloud.langfuse.com/project/p",
    "https://cloud.langfuse.com/project/p/traces/%E0%A4%A",
    "https://cloud.langfuse.com/project/p/traces/..",
  ])("%j is none", (written) => {
    expect(parseSelector(written)).toBeNull();
  });
});

describe("a bare mention of an agent", () => {
  test.each([
    ["@prompt-engineer look at it", ["prompt-engineer"]],
    ["ask @agent-prompt-engineer", ["prompt-engineer"]],
    ["(@trace-audit:refactoring-specialist)", ["refactoring-specialist"]],
    ["@prompt-engineer, then @refactoring-specialist.", ["prompt-engineer", "refactoring-specialist"]],
    ["@prompt-engineer: why?", ["prompt-engineer"]],
    ["@agent-trace-audit:prompt-engineer look", []],
    ['@"trace-audit:prompt-engineer (agent)" look', []],
    ["@prompt-engineers", []],
    ["@prompt-engineer.md", []],
    ["@agents/prompt-engineer.md", []],
    ["mail me@prompt-engineer", []],
    ["the prompt-engineer agent", []],
  ])("%j", (prompt, expected) => {
    expect(bareMentions(prompt)).toEqual(expected);
  });
});

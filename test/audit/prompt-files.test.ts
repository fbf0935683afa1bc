import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { judgePromptFile, mayBePromptFile } from "../../mcp-server/src/audit/instructions/judge-prompt-file.ts";
import { toSeen } from "../../mcp-server/src/audit/instructions/seen.ts";
import { showInstructions } from "../../mcp-server/src/audit/instructions/show-instructions.ts";
import { showNearest } from "../../mcp-server/src/audit/instructions/show-nearest.ts";
import { readPromptFiles } from "../../mcp-server/src/disk/prompt-files.ts";
import { temporaryFolder } from "../support/files/temporary.ts";
import { writeFile } from "../support/files/tree.ts";

function project(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder("prompt-files");
  for (const [path, text] of Object.entries(files)) writeFile(join(folder, path), text);
  return folder;
}
const named = (...paths: readonly string[]) => Object.fromEntries(paths.map((path) => [path, `text of ${path}`]));
const pathsIn = (folder: string): readonly string[] => readPromptFiles(folder).map(({ path }) => path);
const NOTHING = toSeen([]);
const isWindows = process.platform === "win32";

test("what is in force in every session comes first, then what lies nearest", () => {
  const paths = [
    "CLAUDE.md",
    "CLAUDE.local.md",
    "AGENTS.md",
    ".claude/CLAUDE.md",
    ".claude/rules/testing.md",
    "web/CLAUDE.md",
    "web/admin/AGENTS.md",
    ".claude/agents/dev.md",
    ".claude/commands/ship.md",
    ".claude/skills/review/SKILL.md",
    "prompts/system.md",
    "src/agent/prompts/judge.txt",
  ];
  const folder = project(named(...paths.toReversed(), "README.md", "src/a.ts", ".claude/settings.json"));
  expect(pathsIn(folder)).toEqual(paths);
  expect(readPromptFiles(folder)[0]).toEqual({ path: "CLAUDE.md", text: "text of CLAUDE.md" });
});

test("what is not the project's own is left out, and what git ignores is not", () => {
  const foreign = ["node_modules/a/CLAUDE.md", "vendor/b/AGENTS.md", "dist/CLAUDE.md", "docs/audit/prompts/a.md"];
  const folder = project({
    ...named("CLAUDE.md", "CLAUDE.local.md", ...foreign, "clones/x/CLAUDE.md", ".claude/worktrees/y/CLAUDE.md"),
    ".gitignore": "CLAUDE.local.md\n",
    "clones/x/.git/HEAD": "ref: refs/heads/main\n",
    ".claude/worktrees/y/.git": "gitdir: ../../../.git/worktrees/y\n",
  });
  expect(pathsIn(folder)).toEqual(["CLAUDE.md", "CLAUDE.local.md"]);
});

test("no prompt file has a name that could be none", () => {
  const steps = fc.constantFrom(
    "a",
    ".claude",
    "prompts",
    "agents",
    "CLAUDE",
    "AGENTS",
    "system-prompt",
    "x",
    ".",
    "/",
    ".md",
    ".MDC",
    ".txt",
    ".json",
    ".yaml",
    ".toml",
    ".xml",
    ".prompt",
    ".ts",
    ".cursorrules",
    ".clinerules",
    ".windsurfrules",
  );
  fc.assert(
    fc.property(fc.array(steps, { minLength: 1, maxLength: 6 }), (parts) => {
      const path = parts.join("");
      fc.pre(judgePromptFile(path) === null);
      expect(mayBePromptFile(path.split("/").at(-1) ?? "")).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test("without files, and without a folder, there are none", () => {
  expect(readPromptFiles(project({}))).toEqual([]);
  expect(readPromptFiles(join(project({}), "not", "there"))).toEqual([]);
});

describe.skipIf(isWindows)("links", () => {
  test("that lead to one file make one, with its names", () => {
    const folder = project(named("AGENTS.md", ".agents/skills/review/SKILL.md"));
    symlinkSync("AGENTS.md", join(folder, "CLAUDE.md"));
    mkdirSync(join(folder, ".claude"));
    symlinkSync("../.agents/skills", join(folder, ".claude", "skills"));
    expect(readPromptFiles(folder).map(({ path, links }) => [path, links])).toEqual([
      ["AGENTS.md", ["CLAUDE.md"]],
      [".agents/skills/review/SKILL.md", undefined],
    ]);
  });

  test("to a file that is no prompt file by its own name are shown under the link's", () => {
    const folder = project(named("docs/guide.md"));
    symlinkSync("docs/guide.md", join(folder, "CLAUDE.md"));
    expect(readPromptFiles(folder)).toEqual([{ path: "CLAUDE.md", text: "text of docs/guide.md" }]);
  });

  test("that leave the project, that lead to nothing and that go round are not followed", () => {
    const outside = project(named("secret/CLAUDE.md", "CLAUDE.md"));
    const folder = project({ ...named("AGENTS.md"), "CLAUDE.md": "See @out/CLAUDE.md and @../CLAUDE.md" });
    symlinkSync(join(outside, "CLAUDE.md"), join(folder, "CLAUDE.local.md"));
    symlinkSync(join(outside, "secret"), join(folder, "out"));
    symlinkSync("GEMINI.md", join(folder, "GEMINI.md"));
    symlinkSync(".", join(folder, "again"));
    symlinkSync("nowhere", join(folder, "prompts"));
    expect(pathsIn(folder)).toEqual(["CLAUDE.md", "AGENTS.md"]);
  });

  test("in place of the project are followed", () => {
    const folder = project(named("CLAUDE.md"));
    const link = join(temporaryFolder("link"), "project");
    symlinkSync(folder, link);
    expect(pathsIn(link)).toEqual(["CLAUDE.md"]);
  });
});

test.skipIf(isWindows)("a pipe, a folder of a prompt file's name and a file that may not be read are left out", () => {
  const folder = project(named("CLAUDE.md", "AGENTS.md/a.ts", "web/CLAUDE.md"));
  execFileSync("mkfifo", [join(folder, "GEMINI.md")]);
  mkdirSync(join(folder, "api"));
  symlinkSync("../GEMINI.md", join(folder, "api", "CLAUDE.md"));
  chmodSync(join(folder, "web", "CLAUDE.md"), 0o000);
  const isRoot = process.getuid?.() === 0;
  expect(pathsIn(folder)).toEqual(isRoot ? ["CLAUDE.md", "web/CLAUDE.md"] : ["CLAUDE.md"]);
});

describe("imports", () => {
  test("are read behind the file that names them, each once, as far as Claude Code follows them", () => {
    const hops = Object.fromEntries(
      Array.from({ length: 8 }, (_hop, at) => [`docs/h${at}.md`, `next: @h${at + 1}.md and @../CLAUDE.md`]),
    );
    const folder = project({
      ...hops,
      ...named("README.md", "AGENTS.md"),
      "CLAUDE.md": "@docs/h0.md, @README.md, @src/a.ts",
    });
    expect(pathsIn(folder)).toEqual([
      "CLAUDE.md",
      ...[0, 1, 2, 3, 4].map((at) => `docs/h${at}.md`),
      "README.md",
      "AGENTS.md",
    ]);
  });

  test("of the audits themselves, and of what is not there, are not", () => {
    const folder = project({
      ...named("docs/audit/IMPLEMENTATION_PLAN.md"),
      "CLAUDE.md": "@docs/audit/IMPLEMENTATION_PLAN.md @gone.md",
    });
    expect(pathsIn(folder)).toEqual(["CLAUDE.md"]);
  });
});

describe("bounds", () => {
  test("a long file is cut and says so; a mark at its start is no text", () => {
    const folder = project({ "CLAUDE.md": `\uFEFF# Notes\n${"ä line\n".repeat(40_000)}`, "AGENTS.md": "short" });
    const [claude, agents] = readPromptFiles(folder);
    expect(claude?.text.slice(0, 7)).toBe("# Notes");
    expect(Buffer.byteLength(claude?.text ?? "")).toBeLessThanOrEqual(200_000);
    expect([claude?.isCut, agents?.isCut]).toEqual([true, undefined]);
  });

  test("of a folder of 200 files each is read, of 500 the first 400", () => {
    const commands = (count: number) =>
      named(...Array.from({ length: count }, (_file, at) => `.claude/commands/c${at}.md`));
    const all = readPromptFiles(project({ ...commands(200), ...named("CLAUDE.md") }));
    expect([all.length, all.isPartial]).toEqual([201, undefined]);
    const most = readPromptFiles(project({ ...commands(500), ...named("CLAUDE.md") }));
    expect([most.length, most[0]?.path, most.isPartial]).toEqual([400, "CLAUDE.md", true]);
    expect(showInstructions(most, NOTHING)).toContain("it may have prompt files that are not listed");
    expect(showNearest(most, [])).toContain("it may have prompt files that are not listed");
    expect(showInstructions([...most], NOTHING)).not.toContain("not listed");
  });

  test("folders are followed 12 deep", () => {
    const deep = (count: number): string => `${"d/".repeat(count)}CLAUDE.md`;
    expect(pathsIn(project(named(deep(12), deep(13))))).toEqual([deep(12)]);
  });
});

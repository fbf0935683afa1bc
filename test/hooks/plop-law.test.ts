import fc from "fast-check";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { resolveRead, resolveTarget } from "../../hooks/src/edit-targets.ts";
import type { Approval } from "../../mcp-server/src/audit/plop/approval.ts";
import { diffLines, undoDiff } from "../../mcp-server/src/audit/plop/line-diff.ts";
import { judgeCall } from "../../mcp-server/src/audit/plop/tool-call.ts";
import { temporaryFolder } from "../support/files/temporary.ts";

const LISTED = ["CLAUDE.md", "prompts/new.md", "prompts/sub/deep.md"];
const KEPT = ["src/calc.js", "AGENTS.md", "prompts/other.md", "docs/audit/IMPLEMENTATION_PLAN.md", "outside/x.md"];
const LINKS: readonly (readonly [path: string, target: string])[] = [
  ["up", ".."],
  ["self", "."],
  ["p", "prompts"],
  ["s", "src"],
  ["to-listed.md", "CLAUDE.md"],
  ["to-code.md", "src/calc.js"],
  ["to-nothing.md", "outside/not-yet.md"],
  ["prompts/back", "../src"],
  // Where a listed file was to be made when the plan was approved.
  ["prompts/sub", "../outside"],
  ["chain", "p/back"],
  ["loop", "loop"],
  ["absolute", "/"],
];

/** A fresh tree: a project with links in it, inside a folder that stands for the rest of the disk. */
function plant(): { readonly disk: string; readonly project: string } {
  const disk = temporaryFolder("disk");
  const project = join(disk, "project");
  for (const path of ["CLAUDE.md", ...KEPT]) {
    mkdirSync(join(project, path, ".."), { recursive: true });
    writeFileSync(join(project, path), `kept ${path}\n`);
  }
  writeFileSync(join(disk, "neighbour.md"), "kept\n");
  for (const [path, target] of LINKS) symlinkSync(target, join(project, path));
  return { disk, project };
}

/** Path -> content of every plain file that is not listed; links are not followed. */
function unlisted(folder: string, project: string): Readonly<Record<string, string>> {
  const found = readdirSync(folder, { withFileTypes: true }).flatMap((entry): [string, string][] => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return Object.entries(unlisted(path, project));
    const isCounted = entry.isFile() && !LISTED.some((listed) => path === join(project, listed));
    return isCounted ? [[path, readFileSync(path, "utf8")]] : [];
  });
  return Object.fromEntries(found);
}

const steps = [
  "CLAUDE.md",
  "claude.md",
  "CLAUDE.md ",
  "prompts",
  "Prompts",
  "new.md",
  "sub",
  "deep.md",
  "src",
  "calc.js",
  "AGENTS.md",
  "other.md",
  "docs",
  "audit",
  "IMPLEMENTATION_PLAN.md",
  "outside",
  "x.md",
  "not-yet.md",
  "..",
  ".",
  "",
  "project",
  "neighbour.md",
  "~",
  "back",
  "ＣＬＡＵＤＥ.md",
  "CLAUDE.md\0",
  ...LINKS.map(([path]) => path),
];
const path = fc.oneof(
  fc.constantFrom(...LISTED, "to-listed.md", "p/new.md", "self/CLAUDE.md"),
  {
    weight: 3,
    arbitrary: fc.array(fc.constantFrom(...steps), { minLength: 1, maxLength: 5 }).map((parts) => parts.join("/")),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.array(
          fc.constantFrom(
            "self",
            "p/..",
            "prompts",
            "prompts/sub",
            "up/project",
            "prompts/sub/..",
            "prompts/back/..",
            ".",
          ),
          { maxLength: 3 },
        ),
        fc.constantFrom(...LISTED, "new.md", "sub/deep.md", "deep.md"),
      )
      .map(([before, last]) => [...before, last].join("/")),
  },
);
const tool = fc.constantFrom("Edit", "Write", "MultiEdit", "NotebookEdit", "Bash", "Agent", "Read");

test("no call that is allowed changes a file outside the list, whatever its path looks like and wherever it leads", () => {
  const { disk, project } = plant();
  const before = unlisted(disk, project);
  const files = LISTED.map((file) => ({
    file,
    real: join(project, file),
    sha256_before: null,
    before: "",
    expected: null,
  }));
  const approval: Approval = {
    session_id: "s",
    prompt_id: "p",
    project,
    plan_sha256: "0".repeat(64),
    plan_file: null,
    approved_at: "2026-11-20T09:12:44.000Z",
    stage: "running",
    cause: null,
    files,
  };
  let allowed = 0;
  fc.assert(
    fc.property(tool, path, fc.boolean(), fc.boolean(), (tool, relative, isRooted, isSubagent) => {
      const written = isRooted ? `${project}/${relative}` : relative;
      const input = tool === "NotebookEdit" ? { notebook_path: written } : { file_path: written, command: written };
      const call = { tool, input, isSubagent, promptId: "p" };
      const verdict = judgeCall(approval, call, {
        cwd: project,
        toWrite: (target) => resolveTarget(project, target, []),
        toRead: (target) => resolveRead(project, target),
      });
      if (verdict.is !== "allow") return;
      allowed += 1;
      expect(isSubagent).toBe(false);
      mkdirSync(join(written, ".."), { recursive: true });
      writeFileSync(written, "changed\n");
      expect(unlisted(disk, project)).toEqual(before);
    }),
    { numRuns: 3000 },
  );
  // The law would hold for a guard that allows nothing.
  expect(allowed).toBeGreaterThan(30);
});

test("a diff adds up: its lines are those that were there, less the removed, plus the added", () => {
  const text = fc
    .array(fc.constantFrom("a", "b", "c", ""), { maxLength: 12 })
    .map((lines) => lines.map((line) => `${line}\n`).join(""));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const { added, removed, lines } = diffLines(before, after);
      const count = (lines: string): number => lines.split("\n").length - 1;
      expect(count(before) - removed + added).toBe(count(after));
      expect(added === 0 && removed === 0 && lines.length === 0).toBe(before === after);
      expect(diffLines(after, before)).toMatchObject({ added: removed, removed: added });
      expect(undoDiff(after, lines)).toBe(before);
      expect(patch(before, lines)).toBe(after);
    }),
  );
});

/** Applies a diff of hunks to a text whose lines all end. */
function patch(before: string, diff: readonly string[]): string {
  const left = before.split("\n").slice(0, -1);
  const done: string[] = [];
  let at = 0;
  for (const line of diff) {
    const start = /^@@ -(\d+) /u.exec(line)?.[1];
    if (start !== undefined) {
      done.push(...left.slice(at, Number(start) - 1));
      at = Number(start) - 1;
    } else {
      if (!line.startsWith("+")) {
        expect(left[at]).toBe(line.slice(1));
        at += 1;
      }
      if (!line.startsWith("-")) done.push(line.slice(1));
    }
  }
  return [...done, ...left.slice(at)].map((line) => `${line}\n`).join("");
}

test.each([
  ["a new file", "", "a\n", 1, 0],
  ["an emptied file", "a\n", "", 0, 1],
  ["a line in the middle", "a\nb\nc\n", "a\nx\nc\n", 1, 1],
  ["a line that moved", "a\nb\n", "b\na\n", 1, 1],
  ["a last line end", "a", "a\n", 0, 0],
  ["more lines than a table is made for", "a\n".repeat(9000), "b\n".repeat(9000), 9000, 9000],
])("%s is counted", (_what, before, after, added, removed) => {
  expect(diffLines(before, after)).toMatchObject({ added, removed });
});

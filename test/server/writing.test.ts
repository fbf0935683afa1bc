import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../support/files/temporary.ts";
import { type Environment, KEYS, withLangfuse } from "../support/mcp/client.ts";
import { smallTurn } from "../support/langfuse/traces.ts";

const turn = smallTurn("turn", 600);
const STEPS = ["docs", "docs/audit", "docs/audit/summaries"] as const;
const FILE = "docs/audit/summaries/turn.json";

/** What `write_summary` says when it cannot write. */
async function failureIn(project: string, env: Environment = {}): Promise<string> {
  return withLangfuse({ traces: [turn], project, env }, async ({ server }) => {
    const { isError, text } = await server.call("write_summary", { trace_ids: ["turn"] });
    expect(isError).toBe(true);
    expect(text.split(/(?<=\.)\s+(?=[A-Z])/u), text).toHaveLength(3);
    expect(text).toContain(`The summary could not be written to ${FILE}.`);
    expect(text).not.toContain(project);
    return text;
  });
}

/** Everything below a folder, links not followed: path and what it is. */
const treeOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .map(
      (entry) =>
        `${join(entry.parentPath, entry.name).slice(folder.length)} ${entry.isSymbolicLink() ? "link" : entry.isFile() ? "file" : "folder"}`,
    )
    .toSorted();

describe("what lies in the way of docs/audit/summaries", () => {
  test.each(STEPS)("is not followed when %s is a link, wherever it leads", async (step) => {
    for (const target of ["folder", "file", "nowhere", "inside"] as const) {
      const project = temporaryFolder("project");
      const outside = temporaryFolder("outside");
      const to = target === "inside" ? join(project, "src") : join(outside, target);
      if (target === "folder" || target === "inside") mkdirSync(join(to, "audit", "summaries"), { recursive: true });
      if (target === "folder" || target === "inside") mkdirSync(join(to, "summaries"), { recursive: true });
      if (target === "file") writeFileSync(to, "mine");
      mkdirSync(join(project, step, ".."), { recursive: true });
      symlinkSync(to, join(project, step));
      const before = [treeOf(outside), treeOf(project)];
      expect(await failureIn(project), target).toContain("There is a link");
      expect([treeOf(outside), treeOf(project)]).toEqual(before);
    }
  });

  test.each(STEPS)("is not replaced when %s is a file", async (step) => {
    const project = temporaryFolder("project");
    mkdirSync(join(project, step, ".."), { recursive: true });
    writeFileSync(join(project, step), "mine");
    expect(await failureIn(project)).toContain("There is a file where a plain folder");
    expect(readFileSync(join(project, step), "utf8")).toBe("mine");
  });

  test("is not replaced when the file itself is a link or a folder", async () => {
    for (const kind of ["link", "dangling", "folder"] as const) {
      const project = temporaryFolder("project");
      const outside = join(temporaryFolder("outside"), "file");
      mkdirSync(join(project, "docs/audit/summaries"), { recursive: true });
      if (kind === "folder") mkdirSync(join(project, FILE));
      else symlinkSync(outside, join(project, FILE));
      if (kind === "link") writeFileSync(outside, "mine");
      const before = treeOf(project);
      expect(await failureIn(project)).toContain(kind === "folder" ? "There is a folder" : "There is a link");
      expect(treeOf(project)).toEqual(before);
      expect(existsSync(outside) ? readFileSync(outside, "utf8") : null).toBe(kind === "link" ? "mine" : null);
    }
  });
});

describe("a project that cannot be written to", () => {
  test("is said to be missing when it is", async () => {
    const gone = join(temporaryFolder("project"), "gone");
    const env = { CLAUDE_PROJECT_DIR: gone };
    await withLangfuse({ traces: [turn], env }, async ({ server }) => {
      const { isError, text } = await server.call("write_summary", { trace_ids: ["turn"] });
      expect([isError, text]).toEqual([true, expect.stringContaining("The project folder is not there.")]);
    });
    expect(existsSync(gone)).toBe(false);
  });

  // Root may write anywhere but in the kernel's own file systems.
  if (process.getuid?.() === 0 && existsSync("/sys/kernel"))
    test("is an error when it is the kernel's", async () => {
      const env = { ...KEYS, CLAUDE_PROJECT_DIR: "/sys/kernel" };
      await withLangfuse({ traces: [turn], env }, async ({ server }) => {
        const { isError, text } = await server.call("write_summary", { trace_ids: ["turn"] });
        expect([isError, text]).toEqual([true, expect.stringMatching(/(?:You may not write|read-only file system)/u)]);
      });
    });

  if (process.getuid !== undefined && process.getuid() !== 0)
    test("is an error when it is read-only", async () => {
      const project = temporaryFolder("project");
      chmodSync(project, 0o555);
      expect(await failureIn(project)).toContain("You may not write in that folder.");
      chmodSync(project, 0o755);
    });

  const small = join(temporaryFolder("small"), "disk");
  if (mountTiny(small))
    test("is an error when the disk is full, and leaves nothing behind", async () => {
      try {
        mkdirSync(join(small, "docs/audit/summaries"), { recursive: true });
        fill(small);
        expect(await failureIn(small)).toContain("The disk is full.");
        expect(treeOf(join(small, "docs/audit/summaries"))).toEqual([]);
      } finally {
        execFileSync("umount", [small]);
      }
    });
});

/** Mounts a file system of 64 kB where that is allowed. */
function mountTiny(folder: string): boolean {
  mkdirSync(folder);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function fill(folder: string): void {
  try {
    for (let at = 0; ; at += 1) writeFileSync(join(folder, `filler-${at}`), Buffer.alloc(4096));
  } catch {
    // full
  }
}

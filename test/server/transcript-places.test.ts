import { mkdirSync, symlinkSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../support/files/temporary.ts";
import { installSession, transcriptFolder, withoutKeys } from "../support/transcripts/recorded.ts";

const HOUR = 3600;
const idsOf = ({ summaries }: { readonly summaries: readonly { readonly trace_id: string }[] }): string[] =>
  summaries.map(({ trace_id }) => trace_id);

describe("where transcripts are", () => {
  test("only those of this project count, even where two projects share a folder's name", async () => {
    await withoutKeys({}, async ({ home, project, start }) => {
      installSession("todo", {
        home,
        project: `${project}/sub`,
        folder: transcriptFolder(home, project),
        secondsAgo: 60,
      });
      const { sessionId } = installSession("multiturn", { home, project, secondsAgo: HOUR });
      expect(idsOf(await (await start()).fetch("last"))).toEqual([`${sessionId}-2`]);
    });
  });

  test("a project behind a link is found by its real path and by the given one", async () => {
    await withoutKeys({}, async ({ home, project, start }) => {
      const link = join(temporaryFolder("links"), "linked project");
      symlinkSync(project, link);
      const real = installSession("multiturn", { home, project, secondsAgo: 2 * HOUR });
      const server = await start({ CLAUDE_PROJECT_DIR: link });
      expect(idsOf(await server.fetch("last"))).toEqual([`${real.sessionId}-2`]);
      const given = installSession("todo", { home, project: link, secondsAgo: HOUR });
      expect(idsOf(await server.fetch("last"))).toEqual([`${given.sessionId}-1`]);
      unlinkSync(link);
    });
  });

  test("CLAUDE_CONFIG_DIR moves them, and a path too long for a name is found", async () => {
    await withoutKeys({}, async ({ home, start }) => {
      const deep = join(temporaryFolder("deep"), "x".repeat(120), "y".repeat(120));
      mkdirSync(deep, { recursive: true });
      const config = temporaryFolder("config");
      const name = deep.replace(/[^A-Za-z0-9]/gu, "-").slice(0, 200);
      const folder = join(config, "projects", `${name}-${hashOf(deep)}`);
      const { sessionId } = installSession("todo", { home, project: deep, folder, secondsAgo: HOUR });
      const server = await start({ CLAUDE_CONFIG_DIR: config, CLAUDE_PROJECT_DIR: deep });
      expect(idsOf(await server.fetch("last"))).toEqual([`${sessionId}-1`]);
    });
  });

  test("without any, the error names both ways on", async () => {
    await withoutKeys({}, async ({ home, project, start }) => {
      installSession("multiturn", { home, project, secondsAgo: 1 });
      const server = await start({ HOME: temporaryFolder("empty") });
      const said = await server.failure("last");
      expect(said).toMatch(/^There is nothing to audit here yet: .+ no transcripts of this project/u);
      expect(said).toMatch(/`\/plugin configure trace-audit`.+ Work with Claude Code in this folder first\.$/u);
      expect(await server.failure("some-id")).toContain("no transcripts");
    });
  });

  test("in a folder of a repository in which Claude Code was started further up, the error says where", async () => {
    await withoutKeys({}, async ({ home, project, start }) => {
      installSession("multiturn", { home, project, secondsAgo: 1 });
      const below = join(project, "packages", "src");
      mkdirSync(below, { recursive: true });
      const failure = async () => (await start({ CLAUDE_PROJECT_DIR: below })).failure("last");
      expect(await failure()).not.toContain("which holds this folder");
      mkdirSync(join(project, ".git"));
      expect(await failure()).toContain(`It has some of ${project}, which holds this folder`);
      mkdirSync(join(project, "packages", ".git"));
      expect(await failure(), "another repository").not.toContain("which holds this folder");
    });
  });

  test("with turns, but none that qualifies, the error says what to do", async () => {
    await withoutKeys({}, async ({ home, project, start }) => {
      installSession("interrupted", { home, project, secondsAgo: HOUR });
      for (const selector of ["last", "sample:2"]) {
        const said = await (await start()).failure(selector);
        expect(said).toContain("it was interrupted");
        expect(said).not.toContain("Check that the keys");
      }
    });
  });
});

function hashOf(path: string): string {
  let hash = 0;
  for (const char of path) hash = Math.trunc(Math.imul(hash, 31) + (char.codePointAt(0) ?? 0)) | 0;
  return Math.abs(hash).toString(36);
}

import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { formatJson } from "../../mcp-server/src/trace/values/format-json.ts";
import { temporaryFolder } from "../support/files/temporary.ts";
import type { FakeRequest } from "../support/langfuse/stand-in.ts";
import { KEYS, withLangfuse } from "../support/mcp/client.ts";
import { startRawServer, toLine } from "../support/mcp/raw.ts";
import { longTurn, smallTurn } from "../support/langfuse/traces.ts";

const turn = smallTurn("turn", 600);
const FILE = "docs/audit/summaries/turn.json";

/** Everything below a folder, links not followed: path and what it is. */
const treeOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .map(
      (entry) =>
        `${join(entry.parentPath, entry.name).slice(folder.length)} ${entry.isSymbolicLink() ? "link" : entry.isFile() ? "file" : "folder"}`,
    )
    .toSorted();

describe("the file", () => {
  test("is the only thing that is written, and is left alone when it is right", async () => {
    await withLangfuse({ traces: [turn] }, async ({ server, project }) => {
      await server.write("turn");
      expect(treeOf(project)).toEqual([
        "/docs folder",
        "/docs/audit folder",
        "/docs/audit/summaries folder",
        `/${FILE} file`,
      ]);
      utimesSync(join(project, FILE), 1, 1);
      expect(await server.write("turn")).toMatchObject({ status: "unchanged" });
      expect(lstatSync(join(project, FILE)).mtimeMs).toBe(1000);
      expect(lstatSync(join(project, FILE)).mode & 0o777).toBe(0o644);
    });
  });

  test("goes below the project that Claude Code names, else below the working folder", async () => {
    const named = temporaryFolder("named");
    await withLangfuse({ traces: [turn], env: { CLAUDE_PROJECT_DIR: named } }, async ({ server, project }) => {
      await server.write("turn");
      expect([treeOf(project), existsSync(join(named, FILE))]).toEqual([[], true]);
    });
  });

  test("is whole when two servers write it at once, in turns", async () => {
    await withLangfuse({ traces: [turn] }, async ({ server, another, project }) => {
      const other = await another();
      const { summaries } = await server.fetch("turn");
      const expected = formatJson(summaries[0]);
      for (let round = 0; round < 20; round += 1) {
        rmSync(join(project, FILE), { force: true });
        const answers = await Promise.all([server.write("turn"), other.write("turn"), server.write("turn")]);
        expect(new Set(answers.map(({ sha256 }) => sha256)).size).toBe(1);
        expect(answers.map(({ status }) => status)).toContain("created");
        expect(readFileSync(join(project, FILE), "utf8")).toBe(expected);
      }
      expect(readdirSync(join(project, "docs/audit/summaries"))).toEqual(["turn.json"]);
    });
  });

  test("is whole or absent after the server was killed at any moment", async () => {
    const long = longTurn("turn", 60, 600);
    let onRead = (): void => {};
    const fault = ({ path, query }: FakeRequest): undefined => {
      if (query.has("traceId") && !path.endsWith("/scores")) onRead();
    };
    await withLangfuse({ traces: [long], fault }, async ({ server, langfuse }) => {
      const expected = formatJson((await server.fetch("turn")).summaries[0]);
      const project = temporaryFolder("project");
      const folder = join(project, "docs/audit/summaries");
      const env = { ...KEYS, LANGFUSE_BASE_URL: langfuse.url };
      const seen = new Set<string>();
      const call = { name: "write_summary", arguments: { trace_ids: ["turn"] } };
      let asked = 0;
      onRead = () => void (asked = performance.now());
      const unharmed = startRawServer(env, project);
      await unharmed.ask(1, "tools/call", call);
      const needed = performance.now() - asked;
      unharmed.end();
      rmSync(join(project, FILE));
      for (let round = 0; round < 20; round += 1) {
        const raw = startRawServer(env, project);
        // From the request for the data to well after the answer.
        onRead = () => void setTimeout(raw.kill, (needed * round) / 10);
        raw.write(toLine(1, "tools/call", call));
        await raw.exited;
        const content = existsSync(join(project, FILE)) ? readFileSync(join(project, FILE), "utf8") : null;
        seen.add(content === null ? "absent" : "whole");
        if (content !== null) expect(content).toBe(expected);
        const others = existsSync(folder) ? readdirSync(folder).filter((name) => name !== "turn.json") : [];
        for (const name of others) expect(name).toMatch(/^\.turn\.json\.[0-9a-f]{12}\.tmp$/u);
        rmSync(join(project, FILE), { force: true });
      }
      expect([...seen]).toContain("whole");
    });
  });

  test("takes the temporary files of killed servers with it, when they are old", async () => {
    await withLangfuse({ traces: [turn] }, async ({ server, project }) => {
      const folder = join(project, "docs/audit/summaries");
      mkdirSync(folder, { recursive: true });
      const [old, young] = [".turn.json.0123456789ab.tmp", ".turn.json.ba9876543210.tmp"];
      const [mine, alike] = ["notes.tmp", ".turn.json.0123.tmp"];
      for (const name of [old, young, mine, alike]) writeFileSync(join(folder, name), "half");
      for (const name of [old, mine, alike]) utimesSync(join(folder, name), 1, 1);
      await server.write("turn");
      expect(readdirSync(folder).toSorted()).toEqual([alike, young, mine, "turn.json"].toSorted());
    });
  });
});

import { copyFileSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { withLangfuse } from "../support/mcp/client.ts";
import { smallTurn } from "../support/langfuse/traces.ts";

const FOLDER = "docs/audit/summaries";

test("an ordinary id is its file's name, and names that Windows keeps for devices are spelled otherwise", async () => {
  const names = {
    "0af7651916cd43dd8448eb211c80319c": "0af7651916cd43dd8448eb211c80319c",
    "3f0c9a8e-turn-1": "3f0c9a8e-turn-1",
    Mixed_Case: "Mixed_Case",
    con: "%63on",
    NUL: "%4EUL",
    com1: "%63om1",
    console: "console",
    "dot.": "dot%2E",
    "a:b": "a%3Ab",
  };
  const traces = Object.keys(names).map((id) => smallTurn(id, 600));
  await withLangfuse({ traces }, async ({ server, project }) => {
    for (const [id, name] of Object.entries(names))
      expect(await server.write(id)).toMatchObject({ path: `${FOLDER}/${name}.json`, status: "created" });
    expect(readdirSync(join(project, FOLDER)).toSorted()).toEqual(
      Object.values(names)
        .map((name) => `${name}.json`)
        .toSorted(),
    );
  });
});

test("ids that a disk does not tell apart have a summary each", async () => {
  const traces = [smallTurn("Run", 600), smallTurn("run", 500)];
  await withLangfuse({ traces }, async ({ server, project, another }) => {
    const first = await server.write("Run");
    // What a disk that does not tell upper from lower case shows for the other id.
    const seen = join(project, FOLDER, "run.json");
    renameSync(join(project, first.path), seen);
    const before = readFileSync(seen, "utf8");
    const second = await server.write("run");
    expect(second).toMatchObject({
      status: "created",
      path: expect.stringMatching(/^docs\/audit\/summaries\/run-[0-9a-f]{16}\.json$/u),
    });
    expect(readFileSync(seen, "utf8")).toBe(before);
    expect(JSON.parse(readFileSync(join(project, second.path), "utf8"))).toMatchObject({ trace_id: "run" });
    expect(await (await another()).write("run")).toMatchObject({ path: second.path, status: "unchanged" });
    copyFileSync(seen, join(project, first.path));
    expect(await server.write("Run")).toMatchObject({ path: first.path, status: "unchanged" });
  });
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runAudit } from "../support/replay/session.ts";
import { temporaryFolder } from "../support/files/temporary.ts";
import { createDemoProject } from "../support/demo/project.ts";
import { Fetched, PLAN } from "../support/replay/audit.ts";
import { runClaude, type RunOutcome } from "../support/claude/run.ts";

const fetchedBy = ({ requests }: RunOutcome) =>
  requests
    .flatMap(({ toolResults }) => toolResults)
    .flatMap(({ text }) => (text.includes('"transcript"') ? [Fetched.parse(JSON.parse(text))] : []))
    .at(0);

/** A session that reads a file, then answers. */
const work = async (place: { readonly home: string; readonly cwd: string }, prompt: string): Promise<void> => {
  const { exitCode } = await runClaude({
    ...place,
    prompt,
    script: ({ toolResults }, { tool }) =>
      toolResults.length > 0 ? "It is read." : [tool("Read", { file_path: join(place.cwd, "CLAUDE.md") })],
  });
  expect(exitCode).toBe(0);
};

test("without any key, /audit last audits the project's last session and sends nothing anywhere", async () => {
  const place = { home: temporaryFolder("home"), cwd: createDemoProject() };
  await work(place, "Tell me what CLAUDE.md says.");
  const outcome = await runAudit("/audit last", place);
  expect(outcome.result?.result).toContain(PLAN);
  const fetched = fetchedBy(outcome);
  expect(fetched?.summaries).toMatchObject([{ goal: "Tell me what CLAUDE.md says.", tool_usage: { read: 1 } }]);
  expect(readFileSync(join(place.cwd, PLAN), "utf8")).toContain(`- Trace ID: ${fetched?.summaries[0]?.trace_id}\n`);
  const elsewhere = outcome.traffic.filter(({ path }) => path !== "/" && !path.startsWith("/v1/"));
  expect(elsewhere).toEqual([]);
});

test("in a continued session, whose id the server is not told, its last finished turn is the last run", async () => {
  const place = { home: temporaryFolder("home"), cwd: createDemoProject() };
  await work(place, "Read it the first time.");
  await work(place, "Read it a second time.");
  const outcome = await runAudit("/audit last", { ...place, args: ["--continue"] });
  expect(fetchedBy(outcome)?.summaries).toMatchObject([{ goal: "Read it a second time." }]);
});

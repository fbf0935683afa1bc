import matter from "gray-matter";
import { chmodSync, existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { claudePath, sanitizedEnvironment } from "../support/claude/home.ts";
import { type ProcessOutcome, runProcess } from "../support/claude/process.ts";
import { type FakeAnthropic, startFakeAnthropic } from "../support/claude/stand-in.ts";
import { runClaudeCommand } from "../support/claude/run.ts";
import { createDemoProject } from "../support/demo/project.ts";
import { recentTraces } from "../support/demo/traces.ts";
import { fencedBlocks } from "../support/docs/prompts.ts";
import { PLUGIN_ROOT } from "../support/files/plugin-root.ts";
import { temporaryFolder } from "../support/files/temporary.ts";
import { writeFile } from "../support/files/tree.ts";
import { type FakeLangfuse, startFakeLangfuse } from "../support/langfuse/stand-in.ts";
import { PLAN, replayAudit } from "../support/replay/audit.ts";
import { exported } from "../support/replay/session.ts";

const Step = z.strictObject({
  name: z.string().optional(),
  uses: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
  env: z.record(z.string(), z.string()).optional(),
  run: z.string().optional(),
});
/** The keys of GitHub's syntax that the workflow may use; a mistyped one fails. */
const Workflow = z.strictObject({
  name: z.string(),
  on: z.strictObject({ schedule: z.array(z.strictObject({ cron: z.string() })), workflow_dispatch: z.null() }),
  permissions: z.strictObject({ contents: z.literal("write"), "pull-requests": z.literal("write") }),
  defaults: z.strictObject({ run: z.strictObject({ shell: z.literal("bash") }) }),
  jobs: z.strictObject({
    audit: z.strictObject({
      "runs-on": z.string(),
      "timeout-minutes": z.int(),
      env: z.record(z.string(), z.string()),
      steps: z.array(Step),
    }),
  }),
});

const [yaml = ""] = fencedBlocks(readFileSync(join(PLUGIN_ROOT, "docs/ci.md"), "utf8"), "yaml");
const { audit: job } = Workflow.parse(matter(`---\n${yaml}\n---\n`, {}).data).jobs;
const runOf = (name: string): string =>
  job.steps.find((step) => step.name === name)?.run ?? `echo no step ${name}; false`;

let langfuse: FakeLangfuse;
let home = "";
beforeAll(async () => {
  langfuse = await startFakeLangfuse({ generation: "v4-dual", traces: recentTraces(["native-otel/rich-content"]) });
  home = temporaryFolder("ci-home");
  const install = ["plugin", "install", "trace-audit", "--marketplace", PLUGIN_ROOT];
  expect(runOf("Install")).toContain(`claude ${install.slice(0, 4).join(" ")} "$MARKETPLACE"`);
  expect(await runClaudeCommand(install, { home })).toMatchObject({ exitCode: 0 });
});
afterAll(() => langfuse.close());

/** A checkout with an origin, the tools of a runner, and what its steps did there. */
async function createRunner(langfuseUrl: string) {
  const cwd = createDemoProject();
  const origin = temporaryFolder("origin");
  const bin = temporaryFolder("bin");
  writeFile(join(bin, "gh"), '#!/bin/sh\nprintf "%s\\n" "$@" > "$RUNNER_TEMP/gh.txt"\n');
  chmodSync(join(bin, "gh"), 0o755);
  writeFile(join(bin, "claude"), `#!/bin/sh\nexec "${claudePath()}" "$@"\n`);
  chmodSync(join(bin, "claude"), 0o755);
  const model = await startFakeAnthropic({ script: replayAudit({}) });
  const base = sanitizedEnvironment(home, model.url, exported(langfuseUrl));
  const env = {
    ...base,
    PATH: [bin, dirname(process.execPath), base["PATH"]].join(delimiter),
    RUNNER_TEMP: temporaryFolder("runner"),
    GITHUB_RUN_ID: "7",
    BUDGET: job.env["BUDGET"] ?? "",
  };
  const bash = (script: string): Promise<ProcessOutcome> =>
    runProcess({
      claude: "bash",
      args: ["--noprofile", "--norc", "-eo", "pipefail", "-c", script],
      cwd,
      env,
      timeoutMs: 100_000,
      stdin: "",
    });
  await bash(
    `git init -q -b main . && git add -A && git -c user.name=x -c user.email=x@example.org commit -qm first && git init -q --bare ${origin} && git remote add origin ${origin} && git push -q origin main`,
  );
  return { cwd, env, model, bash };
}

/** Gives `check` a runner, and ends its model after it. */
async function inRunner(
  langfuseUrl: string,
  check: (runner: {
    cwd: string;
    temp: string;
    model: FakeAnthropic;
    bash: (script: string) => Promise<ProcessOutcome>;
  }) => Promise<void>,
): Promise<void> {
  const { cwd, env, model, bash } = await createRunner(langfuseUrl);
  try {
    await check({ cwd, temp: env.RUNNER_TEMP, model, bash });
  } finally {
    await model.close();
  }
}

test("the weekly workflow proposes its plan as a pull request, and executes nothing", async () => {
  expect(yaml).not.toContain("plop");
  await inRunner(langfuse.url, async ({ cwd, temp, bash }) => {
    const audited = await bash(runOf("Audit"));
    expect(audited, audited.stderr).toMatchObject({ exitCode: 0 });
    expect(existsSync(join(cwd, PLAN))).toBe(true);
    const proposed = await bash(runOf("Propose"));
    expect(proposed, proposed.stderr).toMatchObject({ exitCode: 0 });
    const { stdout } = await bash("git fetch -q origin && git diff --name-only origin/main origin/audit/7");
    expect(stdout.split("\n")).toContain(PLAN);
    expect(
      stdout
        .trim()
        .split("\n")
        .every((path) => path.startsWith("docs/audit/")),
    ).toBe(true);
    const asked = readFileSync(join(temp, "gh.txt"), "utf8").split("\n");
    expect(asked.slice(0, 2)).toEqual(["pr", "create"]);
    expect(readFileSync(asked[asked.indexOf("--body-file") + 1] ?? "", "utf8")).toContain(PLAN);
  });
});

test("the workflow fails where the audit was refused, although Claude Code ends with 0, and says why", async () => {
  const gone = await startFakeLangfuse({ generation: "v4-dual", traces: [] });
  await gone.close();
  await inRunner(gone.url, async ({ cwd, bash }) => {
    writeFile(join(cwd, PLAN), "an old plan\n");
    const refused = await bash(runOf("Audit"));
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stdout).toContain("could not be reached");
    expect(await bash('claude -p "/audit last"')).toMatchObject({ exitCode: 0 });
    const { stdout, exitCode } = await bash('claude -p "/audit sample:0"');
    expect({ stdout, exitCode }).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("Usage: /audit") });
  });
});

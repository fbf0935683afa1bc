// `npm run demo`: the real Claude Code CLI audits a recorded run with this plugin; no account, no network.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { formatJson } from "../../mcp-server/src/trace/values/format-json.ts";
import { Summary } from "../../mcp-server/src/trace/summary/schema.ts";
import { followSteps } from "../support/demo/events.ts";
import { createPage } from "../support/demo/page.ts";
import { createDemoProject } from "../support/demo/project.ts";
import { PLUGIN_ROOT } from "../support/files/plugin-root.ts";
import { printStep, STEPS } from "../support/demo/steps.ts";
import { startFakeLangfuse } from "../support/langfuse/stand-in.ts";
import { asRecent } from "../support/demo/traces.ts";
import { readFixture, stretchTrace } from "../support/langfuse/traces.ts";
import { PLAN, replayAudit } from "../support/replay/audit.ts";
import { runClaude } from "../support/claude/run.ts";

const AUDITED = "official-plugin-v1/rich-default";
const TRACES = ["official-plugin-v1/bgagent.2", AUDITED, "native-otel/denied", "official-plugin-v1/todo"];
/** The recorded runs took two seconds, because a script played the model. This makes them as long as real ones are. */
const PACE = 90;

/** What fits on a screen of a summary. */
const Shown = z.object(
  Summary.omit({
    schema_version: true,
    session: true,
    phases: true,
    coverage: true,
    hierarchy: true,
    task_durations: true,
    warnings: true,
  }).shape,
);

// A reader such as `head` may close the pipe early.
process.stdout.on("error", () => process.exit(1));
const page = createPage(process.stdout, process.env);
const traces = asRecent(TRACES.map((name) => stretchTrace(readFixture(name), PACE)));
const langfuse = await startFakeLangfuse({ generation: "v4-dual", traces });
const cwd = createDemoProject();
const done = new Set<string>();

page.heading("trace-audit: the demo");
page.paragraph(
  "The real claude CLI audits a recorded run of Claude Code with this plugin. Langfuse is a stand-in on this machine that serves recorded traces, and the model's answers are a replay: no account, no key and no network is used.",
);
page.command('claude -p "/audit last"');

try {
  const { exitCode, result, permissionDenials, traffic } = await runClaude({
    prompt: "/audit last",
    script: replayAudit({}),
    pluginDirs: [PLUGIN_ROOT],
    cwd,
    env: { LANGFUSE_PUBLIC_KEY: "pk-lf-test", LANGFUSE_SECRET_KEY: "sk-lf-test", LANGFUSE_BASE_URL: langfuse.url },
    onLine: followSteps((step) => done.add(printStep(step, page) ?? "failed")),
  });

  page.heading("What Claude Code says at the end");
  page.paragraph(result?.result ?? "nothing");

  const traceId = traces[TRACES.indexOf(AUDITED)]?.id ?? "";
  const summaryPath = `docs/audit/summaries/${traceId}.json`;
  if (existsSync(join(cwd, summaryPath))) {
    const shown = Shown.parse(JSON.parse(readFileSync(join(cwd, summaryPath), "utf8")));
    page.heading("The Trace Audit Summary, shortened");
    page.file(formatJson(shown));
  }
  if (existsSync(join(cwd, PLAN))) {
    page.heading(`The plan, ${PLAN}`);
    page.file(readFileSync(join(cwd, PLAN), "utf8"));
  }

  const outside = traffic.filter(({ method }) => method === "CONNECT").length;
  const problems = [
    ...STEPS.filter((name) => !done.has(name)).map((name) => `the step ${name} did not happen`),
    ...(exitCode === 0 ? [] : [`claude ended with exit code ${exitCode ?? "none"}`]),
    ...(existsSync(join(cwd, summaryPath)) ? [] : [`${summaryPath} was not written`]),
    ...(existsSync(join(cwd, PLAN)) ? [] : [`${PLAN} was not written`]),
    ...permissionDenials.map(({ tool_name }) => `a permission was missing for ${tool_name}`),
    ...(outside === 0 ? [] : [`${outside} connections to the network were tried and refused`]),
  ];
  page.heading(problems.length === 0 ? "What was real" : "The demo failed");
  if (problems.length === 0) {
    page.paragraph(
      "Real: the CLI, the plugin, its server and hooks, HTTP, and the trace, whose times were stretched to those of a run with a model. A replay: what the model says, here and in its two subagents. Not used: any account, key or network. The project was a temporary folder and is gone now.",
    );
    page.paragraph("With your own traces: install the plugin as the README says, then type /audit last.");
  } else {
    for (const problem of problems) page.failure(`- ${problem}`);
    process.exitCode = 1;
  }
} finally {
  await langfuse.close();
}

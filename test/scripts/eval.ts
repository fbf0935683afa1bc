// Measures the prompts with a real model: `npm run eval -- --yes [arguments of claude plugin eval]`; never part of the
// tests. Traces come from a stand-in for Langfuse on this machine, so each number can be compared with an older one.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { claudePath } from "../support/claude/home.ts";
import { PLUGIN_ROOT } from "../support/files/plugin-root.ts";
import { EVALS, caseNames, stagePlugin } from "../support/eval/plugin.ts";
import { evalArguments } from "../support/eval/run.ts";
import { evalTraces } from "../support/eval/traces.ts";
import { startFakeLangfuse } from "../support/langfuse/stand-in.ts";

/** What Claude Code would use before a stored login, in its order. Only names are printed. */
const CREDENTIALS = [
  "CLAUDE_CODE_USE_BEDROCK",
  "CLAUDE_CODE_USE_VERTEX",
  "CLAUDE_CODE_USE_FOUNDRY",
  "ANTHROPIC_AUTH_TOKEN",
  "ANTHROPIC_API_KEY",
  "CLAUDE_CODE_OAUTH_TOKEN",
];

const given = process.argv.slice(2).filter((arg) => arg !== "--yes");
const has = (...names: readonly string[]): boolean => names.some((name) => given.includes(name));
const results = join(PLUGIN_ROOT, EVALS, "results", new Date().toISOString().replaceAll(":", "-"));
const args = [
  ...given,
  ...(has("--tag", "--case") ? [] : ["--tag", "quality"]),
  ...(has("--output-dir") ? [] : ["--output-dir", results]),
];
/** Claude Code publishes reports by default where the account supports it; here only who asks for it does. */
const PUBLISH = "--publish-report";
const isWanted = (arg: string): boolean => arg !== "--no-publish" || !has(PUBLISH);
const credential = CREDENTIALS.find((name) => (process.env[name] ?? "") !== "");

console.log(`Evaluates the plugin of ${PLUGIN_ROOT} with a real model.
Cases:       those of ${args.join(" ").replace(/ ?--output-dir \S+/u, "")}, among ${caseNames().join(", ")}
Cost:        a run is a whole audit, some ten requests of the model; a case has three runs unless --runs says otherwise
Credential:  ${credential === undefined ? "the login that Claude Code has stored (claude auth status)" : `${credential} of this shell`}
Sent:        to the model of that credential, as in any session: the cases' prompts, this plugin's prompts, made-up summaries and
             files; a case with an LLM grader sends the run's answer to it too
Traces:      from a stand-in on this machine; your Langfuse and your projects are not read
Results:     ${has("--output-dir") ? "as --output-dir says" : results}; ${has(PUBLISH) ? "the report is published to claude.ai, as you asked" : `nothing is published (${PUBLISH} does)`}`);

if (!process.argv.includes("--yes")) {
  console.log("\nNothing was run. Add --yes to run it: npm run eval -- --yes [--case NAME] [--runs N] [--model MODEL]");
  process.exit(2);
}

const langfuse = await startFakeLangfuse({ generation: "v4-events-only", traces: evalTraces() });
try {
  const plugin = stagePlugin({ langfuse: langfuse.url });
  const child = spawn(claudePath(), [...evalArguments(plugin).filter(isWanted), ...args], {
    cwd: PLUGIN_ROOT,
    stdio: ["ignore", "inherit", "inherit"],
  });
  await once(child, "close");
  process.exitCode = child.exitCode ?? 1;
} finally {
  await langfuse.close();
}

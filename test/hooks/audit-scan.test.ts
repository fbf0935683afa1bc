import { expect, test } from "vitest";
import { KEYS, withLangfuse } from "../support/mcp/client.ts";
import { sessionTurns } from "../support/langfuse/session-turns.ts";
import { bash, denied, edit, read } from "../support/trace/steps.ts";
import { installSession } from "../support/transcripts/recorded.ts";
import { temporaryFolder } from "../support/files/temporary.ts";
import { PLUGIN_ROOT } from "../support/files/plugin-root.ts";
import { runHook } from "../support/hook/session.ts";

/** What a human sees who types `/audit` with these words. */
async function typed(words: string, env: Readonly<Record<string, string>>): Promise<string> {
  const event = {
    hook_event_name: "UserPromptExpansion",
    session_id: "s",
    command_name: "trace-audit:audit",
    command_args: words,
  };
  const { refusal, exitCode } = await runHook(event, {
    PATH: process.env["PATH"] ?? "",
    CLAUDE_PLUGIN_ROOT: PLUGIN_ROOT,
    ...env,
  });
  expect(exitCode).toBe(0);
  return refusal ?? "";
}

const world = () => {
  const [home, project] = [temporaryFolder("home"), temporaryFolder("project")];
  return {
    home,
    project,
    env: { HOME: home, CLAUDE_PROJECT_DIR: project, CLAUDE_PLUGIN_DATA: temporaryFolder("data") },
  };
};

test.each(["", "list", " Help ", "--help"])(
  "/audit%s lists the sessions of this project, and asks no model",
  async (words) => {
    const { home, project, env } = world();
    const old = installSession("denied", { home, project, secondsAgo: 86_400 });
    const { sessionId } = installSession("multiturn", { home, project, secondsAgo: 600 });
    installSession("todo", { home, project: temporaryFolder("elsewhere"), secondsAgo: 60 });
    const said = await typed(words, env);
    expect(said).toMatch(/^trace-audit: no error, and no model was asked\. The newest of this project, from /u);
    expect(said).toMatch(/\n\nUsage: \/audit <.*\.$/u);
    expect(said.match(/^\/audit .*$/gmu)).toHaveLength(2);
    expect(said).toMatch(new RegExp(`^/audit session:${sessionId.slice(0, 8)} +10 m +2 turns +`, "mu"));
    expect(said).toMatch(
      new RegExp(`^/audit session:${old.sessionId.slice(0, 8)} +24 h +1 turn +refusals in 1 turn`, "mu"),
    );
  },
);

test("from Langfuse it lists sessions and runs without one, with the keys of the plugin's options", async () => {
  const project = temporaryFolder("app");
  const traces = sessionTurns([
    { id: "one", steps: [read("src/a.ts"), edit("src/a.ts")] },
    { id: "two", steps: [denied("git push")] },
    { id: "alone", steps: [bash("npm test")], session: null },
  ]);
  for (const generation of ["v3", "v4-events-only"] as const) {
    await withLangfuse({ generation, traces }, async ({ langfuse }) => {
      const settings = { ...KEYS, LANGFUSE_BASE_URL: langfuse.url, TRACE_AUDIT_PROJECTS: "*" };
      const options = Object.fromEntries(
        Object.entries(settings).map(([name, value]) => [`CLAUDE_PLUGIN_OPTION_${name}`, value]),
      );
      const said = await typed("", { CLAUDE_PROJECT_DIR: project, ...options });
      expect(said.match(/^\/audit \S+/gmu)).toEqual(["/audit alone", "/audit session:s1"]);
      expect(said).toContain("refusals in 1 turn, 1 file unchecked");
    });
  }
});

test("without any run, and with wrong keys, it says so", async () => {
  const { env } = world();
  expect(await typed("", env)).toContain("no transcripts of this project");
  await withLangfuse({ generation: "v4-events-only", traces: [] }, async ({ langfuse }) => {
    const keys = { LANGFUSE_PUBLIC_KEY: "pk-lf-no", LANGFUSE_SECRET_KEY: "sk-lf-no", LANGFUSE_BASE_URL: langfuse.url };
    expect(await typed("", { ...env, ...keys })).toMatch(/keys/u);
  });
});

test("a server that does not answer holds nobody up", { timeout: 20_000 }, async () => {
  const { env } = world();
  await withLangfuse({ generation: "v4-events-only", traces: [], latencyMs: 60_000 }, async ({ langfuse }) => {
    const started = Date.now();
    const said = await typed("", { ...env, ...KEYS, LANGFUSE_BASE_URL: langfuse.url });
    expect(said).toMatch(/^trace-audit: no error, .*\n\nUsage: /su);
    expect(Date.now() - started).toBeLessThan(9900);
  });
});

test.each([
  ["lst", "last"],
  ["sessions", "session"],
  ["session 21d4e417", "session:21d4e417"],
])("/audit %s ends with what was meant, before any model call and without a word of keys", async (words, meant) => {
  const said = await typed(words, world().env);
  expect(said).toContain(`"${words}" names no trace. Did you mean \`/audit ${meant}\`? Usage: /audit <`);
  expect(said).not.toContain("LANGFUSE");
});

test("a word that is none gets the one that was meant", async () => {
  const { env } = world();
  expect(await typed("sample 7", env)).toMatch(
    /^trace-audit: "sample 7" names no trace\. Did you mean `\/audit sample:7`\? Usage: /u,
  );
  expect(await typed("my last run", env)).toContain("`/audit` alone lists the newest");
});

import { afterAll, beforeAll, expect, test } from "vitest";
import { exported, newFiles } from "../support/replay/session.ts";
import { hasTmux, startInteractiveClaude } from "../support/claude/interactive.ts";
import { createDemoProject } from "../support/demo/project.ts";
import { PLUGIN_ROOT } from "../support/files/plugin-root.ts";
import { recentTraces } from "../support/demo/traces.ts";
import { type FakeLangfuse, startFakeLangfuse } from "../support/langfuse/stand-in.ts";
import { PLAN, replayAudit } from "../support/replay/audit.ts";

if (hasTmux()) {
  let langfuse: FakeLangfuse;
  beforeAll(async () => {
    langfuse = await startFakeLangfuse({ generation: "v4-dual", traces: recentTraces(["native-otel/rich-content"]) });
  });
  afterAll(() => langfuse.close());

  test("in the terminal /audit last runs to the plan without a question, and bare /plop is known", async () => {
    const cwd = createDemoProject();
    const replay = replayAudit({});
    const claude = await startInteractiveClaude({
      cwd,
      pluginDirs: [PLUGIN_ROOT],
      env: exported(langfuse.url),
      timeoutMs: 60_000,
      script: (request, ask) =>
        request.userText.includes("hands it over") ? "the heron carries the plan out" : replay(request, ask),
    });
    try {
      await claude.submit("/audit last");
      await claude.waitFor(/type\s+\/plop/u);
      expect(newFiles(cwd)).toContain(PLAN);
      const asked = claude.requests().flatMap(({ toolResults }) => toolResults);
      expect(asked.filter(({ isError }) => isError)).toEqual([]);
      await claude.submit("/plop");
      await claude.waitFor("the heron carries the plan out");
      expect(await claude.screen()).not.toContain("Unknown command");
    } finally {
      await claude.close();
    }
  });
}

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../../mcp-server/scripts/root.ts";
import { createDemoProject } from "../support/demo/project.ts";
import { type FakeLangfuse, parseLegacyTrace, startFakeLangfuse } from "../support/langfuse/stand-in.ts";
import { replayAudit } from "../support/replay/audit.ts";
import { runClaude } from "../support/claude/run.ts";

const traces = ["native-otel/rich-content", "official-plugin-v1/rich-default"].map((name) =>
  parseLegacyTrace(readFileSync(join(ROOT, "test/fixtures/traces", `${name}.json`), "utf8")),
);
let langfuse: FakeLangfuse;
beforeAll(async () => {
  langfuse = await startFakeLangfuse({ generation: "v4-events-only", traces });
});
afterAll(() => langfuse.close());

describe("a second audit in one project", () => {
  it("has the comparison with the first in its plan", async () => {
    const cwd = createDemoProject();
    const env = {
      LANGFUSE_PUBLIC_KEY: "pk-lf-test",
      LANGFUSE_SECRET_KEY: "sk-lf-test",
      LANGFUSE_BASE_URL: langfuse.url,
    };
    const plans: string[] = [];
    for (const { id } of traces) {
      const script = replayAudit({});
      await runClaude({ script, prompt: `/audit ${id}`, pluginDirs: [ROOT], cwd, env });
      plans.push(readFileSync(join(cwd, "docs/audit/IMPLEMENTATION_PLAN.md"), "utf8"));
    }
    const entries = readdirSync(join(cwd, "docs/audit")).filter((name) => /^\d/u.test(name));
    const kept = entries.map((name) => readFileSync(join(cwd, "docs/audit", name), "utf8"));
    expect(kept.toSorted()).toEqual(plans.toSorted());
    const heading = "## Comparison with Previous Audits";
    expect(plans[0]).not.toContain(heading);
    const section = plans[1]?.split(`${heading}\n`)[1]?.split("\n## ")[0] ?? "";
    // One run against one run decides nothing.
    const criteria = section.match(/^- .*/gmu) ?? [];
    expect(criteria.length).toBeGreaterThanOrEqual(3);
    expect(criteria.filter((line) => !line.includes("1 of 5 turns that a verdict needs"))).toEqual([]);
    expect(section).not.toMatch(/: (?:not )?met/u);
    expect(plans[1]?.indexOf(heading)).toBeLessThan(plans[1]?.indexOf("## Observed Issues") ?? 0);
  });
});

import { mkdirSync, readFileSync, renameSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../support/files/temporary.ts";
import {
  blockFor,
  createPlopProject,
  EMPTY_PLAN,
  planFor,
  readHistory,
  sha256,
  writeProjectFile,
  openPlopSession,
} from "../support/hook/plop.ts";

const PLAN = planFor(["CLAUDE.md"]);
const BLOCK = blockFor(["CLAUDE.md"]);

describe("what is approved", () => {
  test("is the plan that lies there, by its hash, with its files, in this session, for the human and the model to see", async () => {
    const cwd = createPlopProject();
    writeProjectFile(cwd, "docs/audit/2026-11-20-4f2a.md", PLAN);
    writeProjectFile(cwd, "docs/audit/2026-11-21-other.md", `${PLAN}\n`);
    const session = openPlopSession(cwd);
    const { answer } = await session.prompt("/plop");
    // A human knows a plan by its file, not by its hash.
    expect(answer.systemMessage).toContain("the plan (kept as docs/audit/2026-11-20-4f2a.md)");
    expect(answer.systemMessage).not.toContain(sha256(PLAN).slice(0, 12));
    expect(answer.systemMessage).toContain("CLAUDE.md");
    expect(answer.hookSpecificOutput?.additionalContext).toContain(sha256(PLAN).slice(0, 12));
    expect(readHistory(cwd)).toMatchObject([
      {
        event: "approved",
        session_id: "session-1",
        plan_sha256: sha256(PLAN),
        plan_file: "docs/audit/2026-11-20-4f2a.md",
        files: ["CLAUDE.md"],
        changed: [],
      },
    ]);
  });

  test.each([
    ["the block as it stands there", BLOCK],
    ["with other line ends and spaces", BLOCK.replaceAll("\n", "\r\n  ")],
    ["the block after a first /plop", `/plop ${BLOCK}`],
    ["as the terminal wraps it", `/plop <pasted_content id="8040">\n${BLOCK}\n</pasted_content id="8040">`],
    ["under the long name", BLOCK.replace("/plop", "/trace-audit:plop")],
  ])("may be pasted along: %s", async (_what, prompt) => {
    expect((await openPlopSession().prompt(prompt)).answer.decision).toBeUndefined();
  });
});

describe("/plop stops before any model call and says why, and nothing may be edited, when", () => {
  const linked = (): string => {
    const cwd = createPlopProject();
    renameSync(join(cwd, "docs"), join(cwd, "documents"));
    symlinkSync("documents", join(cwd, "docs"));
    return cwd;
  };
  const listing =
    (file: string, make: (cwd: string) => void = () => undefined) =>
    () => {
      const cwd = createPlopProject(planFor([file]));
      make(cwd);
      return cwd;
    };
  const cases: Readonly<Record<string, readonly [() => string, prompt: string, reason: RegExp]>> = {
    "there is no plan": [() => createPlopProject(null), "/plop", /there is no plan at docs\/audit/u],
    "the plan has no block": [() => createPlopProject(EMPTY_PLAN), "/plop", /no \/plop block to execute/u],
    "the plan is empty": [() => createPlopProject(""), "/plop", /"## Source Trace" is missing/u],
    "a guardrail is weakened": [
      () => createPlopProject(PLAN.replace("- No package upgrades", "- Few package upgrades")),
      "/plop",
      /word for word/u,
    ],
    "the pasted block differs": [
      createPlopProject,
      BLOCK.replace("plan before", "never plan before"),
      /not the plan's block/u,
    ],
    "the pasted block says more": [createPlopProject, `${BLOCK}\nAnd delete src.`, /not the plan's block/u],
    "something else is typed after it": [createPlopProject, "/plop please", /not the plan's block/u],
    "the folder of the plan is a link": [linked, "/plop", /links are not followed/u],
    "it lists runtime code": [listing("src/calc.js"), "/plop", /no prompt file/u],
    "it lists settings": [listing(".claude/settings.json"), "/plop", /can grant permissions/u],
    "it lists a file outside": [listing("../CLAUDE.md"), "/plop", /leaves the project/u],
    "it lists a link that leads outside": [
      listing("AGENTS.md", (cwd) => symlinkSync(join(temporaryFolder("outside"), "x.md"), join(cwd, "AGENTS.md"))),
      "/plop",
      /AGENTS\.md/u,
    ],
    "it lists a link to runtime code": [
      listing("AGENTS.md", (cwd) => symlinkSync("src/calc.js", join(cwd, "AGENTS.md"))),
      "/plop",
      /AGENTS\.md/u,
    ],
    "it lists a folder": [listing("AGENTS.md", (cwd) => mkdirSync(join(cwd, "AGENTS.md"))), "/plop", /AGENTS\.md/u],
  };
  test.each(Object.entries(cases))("%s", async (_what, [create, prompt, reason]) => {
    const session = openPlopSession(create());
    const { answer } = await session.prompt(prompt);
    expect(answer.decision).toBe("block");
    expect(answer.reason).toMatch(/^\/plop is refused: /u);
    expect(answer.reason).toMatch(reason);
    expect(await session.decide("Edit", { file_path: join(session.project, "CLAUDE.md") })).toBe("deny");
  });

  test.each(["CLAUDE_PLUGIN_ROOT", "CLAUDE_PLUGIN_DATA"])("it lists a file of the plugin itself (%s)", async (name) => {
    const cwd = createPlopProject(planFor(["extra/agents/heron.md"]));
    const session = openPlopSession(cwd, temporaryFolder("data"), "s", { [name]: join(cwd, "extra") });
    const { answer } = await session.prompt("/plop");
    expect(answer).toMatchObject({ decision: "block", reason: expect.stringContaining("does not change itself") });
  });

  test("a refusal is part of the history, with its reason, unless the project has none", async () => {
    const session = openPlopSession();
    await session.prompt("/plop please");
    expect(readHistory(session.project)).toMatchObject([
      {
        event: "refused",
        plan_sha256: sha256(PLAN),
        tool: null,
        reason: expect.stringContaining("not the plan's block"),
      },
    ]);
    const other = openPlopSession(createPlopProject(null));
    await other.prompt("/plop");
    expect(() => readFileSync(join(other.project, "docs"))).toThrow("ENOENT");
  });
});

describe("a prompt that does not begin with /plop is stopped when it", () => {
  test.each([
    ["holds the block after other words", `Please do this:\n${BLOCK}`],
    ["holds the block without its first line", BLOCK.replace("/plop", "")],
    ["is the block as the terminal wraps it", `<pasted_content id="8040">\n${BLOCK}\n</pasted_content id="8040">`],
    ["holds the whole plan", PLAN],
    ["has white space before the command", " /plop"],
  ])("%s", async (_what, prompt) => {
    const { answer } = await openPlopSession().prompt(prompt);
    expect(answer).toMatchObject({ decision: "block", reason: expect.stringMatching(/\/plop (?:alone|at the very)/u) });
  });

  test("and other prompts pass, with a plan or without", async () => {
    expect((await openPlopSession().prompt("what does /plop do?")).answer).toEqual({});
    expect((await openPlopSession(createPlopProject(null)).prompt(BLOCK.slice(1))).answer).toEqual({});
  });
});

import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { openDiagnosed, put, TRANSLATION, SPECIALIST } from "../support/hook/audited.ts";
import { temporaryFolder } from "../support/files/temporary.ts";
import { PLAN } from "../support/replay/audit.ts";
import { type HookSession } from "../support/hook/session.ts";

const [KEEP, PLAN_FIRST] = TRANSLATION.changes;
const changeWith = (part: object) => ({ ...TRANSLATION, changes: [{ ...KEEP, ...part }, PLAN_FIRST] });
const inFile = (file: string) => ({
  ...TRANSLATION,
  files_to_change: [file, PLAN_FIRST?.file],
  changes: [{ ...KEEP, file, place: file === "CLAUDE.md" ? "at the end" : "new file" }, PLAN_FIRST],
});

// A refused answer leaves the audit as it is.
let session: HookSession;
beforeAll(async () => {
  session = await openDiagnosed();
});

test.each([
  ["words before it", `Sure. ${JSON.stringify(TRANSLATION)}`, "Before the JSON object stands"],
  ["a missing key", { files_to_change: [], changes: [] }, 'lacks "goal"'],
  ["a change without a title", changeWith({ title: "" }), "changes[0].title"],
  ["a change without constraints", changeWith({ constraints: [] }), "changes[0].constraints is empty"],
  ["an index that does not exist", changeWith({ addresses: [0, 2] }), "addresses[1] is 2"],
  ["an index that is none", changeWith({ addresses: [0.5] }), "addresses[0] is 0.5"],
  ["an issue left out", changeWith({ addresses: [1] }), "issues[0] of the diagnosis is addressed by no change"],
  ["another risk", changeWith({ risk: "None" }), 'risk is "None"'],
  ["a file that is not listed", { ...TRANSLATION, files_to_change: ["CLAUDE.md"] }, "missing in files_to_change"],
  [
    "a listed file without a change",
    { ...TRANSLATION, files_to_change: [...TRANSLATION.files_to_change, "AGENTS.md"] },
    '"AGENTS.md" of files_to_change stands in no change',
  ],
  ["a constraint that is not listed", { ...TRANSLATION, new_constraints: [] }, "missing in new_constraints"],
  ["an absolute path", inFile("/etc/CLAUDE.md"), "relative to the project"],
  ["a home path", inFile("~/CLAUDE.md"), "relative to the project"],
  ["a drive", inFile("C:/CLAUDE.md"), "relative to the project"],
  ["a path out of the project", inFile("../CLAUDE.md"), "leaves the project"],
  ["a path out and back", inFile("prompts/../src/CLAUDE.md"), "leaves the project"],
  ["a path with ./", inFile("./CLAUDE.md"), "written plainly"],
  ["a path with a backslash", inFile("prompts\\system.md"), "characters that a file of prompts does not need"],
  ["a glob", inFile("prompts/*.md"), "characters that a file of prompts does not need"],
  ["runtime code", inFile("src/calc.js"), "no prompt file"],
  ["runtime code below prompts", inFile("prompts/build.py"), "no prompt file"],
  ["a script of a skill", inFile(".claude/skills/x/run.sh"), "no prompt file"],
  ["settings", inFile(".claude/settings.json"), "configuration"],
  ["local settings", inFile(".claude/settings.local.json"), "configuration"],
  ["settings below prompts", inFile("prompts/settings.json"), "configuration"],
  ["MCP configuration", inFile(".mcp.json"), "configuration"],
  ["hooks", inFile("hooks/hooks.json"), "holds no prompts"],
  ["a hook's text", inFile(".claude/hooks/guard.md"), "holds no prompts"],
  ["a manifest", inFile(".claude-plugin/plugin.json"), "holds no prompts"],
  ["an environment file", inFile(".env"), "configuration"],
  ["an environment file below prompts", inFile("prompts/.env.local"), "configuration"],
  ["a lock file", inFile("prompts/package-lock.json"), "configuration"],
  ["secrets", inFile("prompts/secrets.yaml"), "configuration"],
  ["a workflow", inFile(".github/workflows/prompt.yml"), "holds no prompts"],
  ["git's own files", inFile(".git/prompt.md"), "holds no prompts"],
  ["a dependency", inFile("node_modules/x/CLAUDE.md"), "holds no prompts"],
  ["the plan", inFile("docs/audit/prompts/IMPLEMENTATION_PLAN.md"), "docs/audit holds the audits"],
  ["documentation", inFile("docs/guide.md"), "no prompt file"],
])("a translation with %s is sent back", async (_, answer, reason) => {
  expect((await session.answer(SPECIALIST, answer)).refusal).toContain(reason);
});

test.each([
  "CLAUDE.md",
  "CLAUDE.local.md",
  "packages/api/AGENTS.md",
  ".claude/agents/tester.md",
  ".claude/skills/release/SKILL.md",
  ".claude/output-styles/terse.md",
  "commands/audit.md",
  "prompts/system.md",
  "prompts/agents/planner.yaml",
  "config/system-prompt.txt",
  ".github/copilot-instructions.md",
])("a translation may change %s", async (file) => {
  // The first answer that is accepted is the one that counts, so that each has an audit of its own.
  const own = await openDiagnosed();
  expect((await own.answer(SPECIALIST, inFile(file))).refusal).toBeNull();
});

test("lines that a change replaces are a step of the plan, and /plop may carry it out", async () => {
  const own = await openDiagnosed();
  const { project } = own;
  put(
    own,
    "CLAUDE.md",
    "# calc\n\n## Rules\n\n- Run `node test.js` before you say it works.\n- Keep the public API.\n",
  );
  const rules = ["Run what you changed, and quote its last line.", "Change the public API only when you are asked to."];
  const change = { title: "One rule", file: "CLAUDE.md", replaces: "CLAUDE.md:5-6", constraints: rules, risk: "Low" };
  const answer = { goal: "Runs are quoted", changes: [{ ...change, addresses: [0, 1] }] };
  expect((await own.answer(SPECIALIST, answer)).refusal).toBeNull();
  const plan = readFileSync(join(project, PLAN), "utf8");
  const [first = "", second = ""] = rules;
  expect(plan).toContain(
    "- Place: in place of CLAUDE.md:5-6\n- Today: “- Run `node test.js` before you say it works. - Keep the public API.”\n",
  );
  expect(plan).toContain(
    "Steps:\n1. In CLAUDE.md (change 1), replace lines 5 to 6 (“- Run `node test.js` before you say it works.” to “- Keep",
  );
  expect(plan).toContain(
    `by: - ${first}\n2. In CLAUDE.md (change 1), below what step 1 wrote add: - ${second}\n3. Do NOT`,
  );

  await own.send("Stop");
  expect((await own.prompt("/plop")).answer.decision).toBeUndefined();
  const file_path = join(project, "CLAUDE.md");
  const old_string = readFileSync(file_path, "utf8").split("\n").slice(4, 6).join("\n");
  const edit = { file_path, old_string, new_string: rules.map((rule) => `- ${rule}`).join("\n") };
  expect(await own.decide("Edit", edit)).toBe("allow");
});

test("links are followed: to another prompt file of the project, and nowhere else", async () => {
  const { project } = session;
  rmSync(join(project, "CLAUDE.md"));
  const outside = temporaryFolder("outside");
  writeFileSync(join(outside, "CLAUDE.md"), "theirs");
  writeFileSync(join(project, "AGENTS.md"), "ours");
  mkdirSync(join(project, "src"));
  writeFileSync(join(project, "src/app.js"), "");
  const links = { "CLAUDE.md": "AGENTS.md", prompts: outside, "GEMINI.md": "src/app.js", "CLAUDE.local.md": "gone.md" };
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(project, name));
  const judge = async (file: string) => (await session.answer(SPECIALIST, inFile(file))).refusal;
  expect(await judge("prompts/CLAUDE.md")).toContain("a link that leads out of the project");
  expect(await judge("GEMINI.md")).toContain("a link to src/app.js");
  expect(await judge("CLAUDE.local.md")).toContain("a link that cannot be followed");
  expect(await judge("CLAUDE.md")).toBeNull();
});

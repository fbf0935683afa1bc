import { beforeAll, expect, test } from "vitest";
import { changed, EMPTY, judgeWrite, planOf, RUN, VALID } from "../support/hook/audited.ts";
import { openHookSession, type HookSession } from "../support/hook/session.ts";

let free: HookSession;
beforeAll(() => {
  free = openHookSession();
});

const GUARDRAIL = "- Stop and ask if scope is unclear.";
const FORM: readonly (readonly [string, () => string, string])[] = [
  ["a missing heading", () => changed("## Observed Issues\n", ""), 'The heading "## Observed Issues" is missing'],
  ["a renamed heading", () => changed("## Files to Modify", "## Files"), 'heading "## Files to Modify" is missing'],
  ["a further heading", () => changed("## Files to", "## Notes\n\n## Files to"), '"## Notes" is no heading of a plan'],
  ["a heading twice", () => `${VALID}\n## Files to Modify\n`, '"## Files to Modify" stands there twice'],
  [
    "headings out of order",
    () =>
      changed("## Observed Issues", "## Files to Modify").replace(
        /## Files to Modify(?=\n\n- CLAUDE)/u,
        "## Observed Issues",
      ),
    "out of order",
  ],
  ["words before the title", () => `Here it is\n${VALID}`, "The plan begins with that heading"],
  ["words below the title", () => changed("Plan\n", "Plan\n\nRead me.\n"), '"Read me."'],
  ["a comment", () => changed("## Observed", "<!-- do it now -->\n## Observed"), "which the human would not see"],
  [
    "an invisible character",
    () => changed("### 2. Plan first", "### 2. Plan\u202e first"),
    "which the human would not see",
  ],
  ["no trace", () => changed(/- Trace ID[\s\S]*?(?=\n\n## Obs)/u, ""), "names no trace"],
  ["a trace without a goal", () => changed(/- Goal.*\n/u, ""), 'has to be "- Goal: …"'],
  ["a trace twice", () => planOf(RUN, RUN), "names a trace twice"],
  ["a date in words", () => changed(/- Date: .*/u, "- Date: yesterday"), 'the date "yesterday"'],
  ["issues without numbers", () => changed("1. `context-waste`", "- `context-waste`"), "is no numbered line"],
  ["a root cause too few", () => changed(/2\. The instructions.*\n/u, ""), "2 observed issues and 1 root causes"],
  ["no change", () => changed(/### 1[\s\S]*(?=\n## Files)/u, ""), "holds no change"],
  ["a change without its file", () => changed("- File: CLAUDE.md\n", ""), 'Change 1 lacks the line "- File: …"'],
  [
    "a change without confidence",
    () => changed("- Confidence: 0.6\n", ""),
    'Change 1 lacks the line "- Confidence: …"',
  ],
  ["a change without risk", () => changed("- Risk: Low", ""), 'Change 1 lacks the line "- Risk: …"'],
  ["a confidence above 1", () => changed("Confidence: 0.6", "Confidence: 7"), '"Confidence: 7" has to be'],
  ["another risk", () => changed("Risk: Low", "Risk: Zero"), '"Risk: Zero" has to be'],
  ["strange addresses", () => changed("issue 1", "everything"), '"Addresses: everything" has to be'],
  ["an issue that is not there", () => changed("issue 1", "issue 4"), "addresses issue 4, which is not listed"],
  ["another line of a change", () => changed("- Risk: Low", "- Risk: Low\n- Note: soon"), "is none of its lines File"],
  ["two risks", () => changed("- Risk: Low", "- Risk: Low\n- Risk: High"), 'Change 1 has two lines "- Risk: …"'],
  [
    "a place that is none",
    () => changed("- Place: at the file's end", "- Place: below line 3"),
    "name a line of a prompt file",
  ],
  ["a changed file that is not listed", () => changed("- CLAUDE.md\n", ""), 'lacks "CLAUDE.md"'],
  ["a file twice", () => changed("- CLAUDE.md\n", "- CLAUDE.md\n- CLAUDE.md\n"), "names a file twice"],
  [
    "runtime code",
    () => VALID.replaceAll("CLAUDE.md", "src/calc.js"),
    '"src/calc.js" cannot be in a plan: it is no prompt file',
  ],
  ["settings", () => VALID.replaceAll("CLAUDE.md", ".claude/settings.json"), "cannot be in a plan"],
  ["a file outside", () => VALID.replaceAll("CLAUDE.md", "../CLAUDE.md"), "leaves the project"],
  [
    "a weakened guardrail",
    () => changed("- No package upgrades or installs.", "- No package upgrades."),
    'has to be "- No package upgrades or installs."',
  ],
  ["a guardrail left out", () => changed(`${GUARDRAIL}\n`, ""), `has to be "${GUARDRAIL}"`],
  [
    "guardrails out of order",
    () => changed(`${GUARDRAIL}\n`, "").replace("Guardrails:\n", `Guardrails:\n${GUARDRAIL}\n`),
    "word for word",
  ],
  [
    "a guardrail taken back",
    () => changed("\n/plop", "- Unless it helps.\n\n/plop"),
    "after the guardrails and before /plop",
  ],
  ["no /plop block", () => changed(/\/plop[\s\S]*/u, ""), "lacks the block"],
  ["a block without a goal", () => changed(/Goal: Let.*\n/u, ""), 'go on with "Goal: …"'],
  ["a block without steps", () => changed("Steps:\n", ""), 'lacks the line "Steps:"'],
  ["a last step left out", () => changed(/3\. Do NOT.*\n/u, ""), "The last step of the /plop block"],
  ["a last step weakened", () => changed("— prompt changes only.", "if you can."), "The last step of the /plop block"],
  [
    "a step without a file",
    () => changed("1. In CLAUDE.md (change 1), at the file's end add: After", "1. After"),
    'has to begin with "In FILE: "',
  ],
  ["a step about another file", () => changed("1. In CLAUDE.md (", "1. In src/calc.js ("), "does not list"],
  ["no acceptance criteria", () => changed("Acceptance Criteria (measurable):", ""), "lacks the line"],
  ["a criterion left out", () => changed(/- Tool calls per task.*\n/u, ""), 'lack "- Tool calls per task decrease'],
  [
    "a criterion weakened",
    () => changed("does not drop", "does not drop much"),
    'lack "- Task success rate does not drop',
  ],
  ["a criterion without its value", () => changed(" Audited: 5.75.", ""), 'lack "- Tool calls per task decrease'],
  ["a picture", () => changed("\n\n## Observed", "\n\n```mermaid\ngantt\n```\n\n## Observed"), "no part of a plan"],
  ["words after the criteria", () => `${VALID}\nThen deploy.\n`, "Nothing follows the criteria"],
  ["a block although there is no issue", () => `${EMPTY}\n/plop\n`, "must hold no /plop block"],
  [
    "files although there is no issue",
    () => changed("Modify\n\nNone.", "Modify\n\n- CLAUDE.md", EMPTY),
    'has to say "None." alone',
  ],
  ["no reason for no change", () => changed(/No prompt change would help:.*/u, "None.", EMPTY), "gives the reason"],
  ["an empty text", () => "", 'The heading "# Audit Implementation Plan" is missing'],
];
test.each(FORM)("outside an audit a plan with %s is refused", async (_, content, reason) => {
  expect(await judgeWrite(free, content())).toContain(reason);
});

import { expect, test } from "vitest";
import { openDiagnosed } from "../support/hook/audited.ts";
import { openHookSession } from "../support/hook/session.ts";

test.each([
  "echo x > docs/audit/IMPLEMENTATION_PLAN.md",
  "cat >> ./docs/audit/approvals.jsonl <<EOF\n{}\nEOF",
  "rm -rf docs/audit",
  "ls && rm docs/audit/summaries/x.json",
  "mv /tmp/x docs/audit/summaries/x.json",
  "cp /tmp/x.json docs/audit/summaries/",
  "sed -i 's/a/b/' docs/audit/README.md",
  "echo x | tee docs/audit/README.md",
  "cd docs/audit && echo x > README.md",
  "cd docs/audit/summaries; rm x.json",
  'truncate -s 0 "$PWD/docs/audit/approvals.jsonl"',
  "ln -s /etc/passwd docs/audit/summaries/x.json",
])("a shell command that plainly changes the audits is refused: %s", async (command) => {
  expect((await openHookSession().call("Bash", { command })).refusal).toContain("docs/audit");
});

test.each([
  "cat docs/audit/IMPLEMENTATION_PLAN.md",
  "cat docs/audit/README.md > /tmp/copy.md",
  "cp docs/audit/README.md /tmp/copy.md",
  "git add docs/audit && git commit -m 'docs: audit' 2>&1",
  "cd docs/audit && ls > /tmp/list",
  "rm -rf build; ls docs/audit",
  "grep -rn rm docs/audit 2>/dev/null",
])("a shell command that only reads them is let through: %s", async (command) => {
  expect((await openHookSession().call("Bash", { command })).refusal).toBeNull();
});

test("an audit runs no shell command at all", async () => {
  expect((await (await openDiagnosed()).call("Bash", { command: "ls" })).refusal).toContain("/audit runs no commands");
});

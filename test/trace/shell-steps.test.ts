import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readClosings } from "../../mcp-server/src/trace/call/read-closings.ts";
import { toCommand } from "../../mcp-server/src/trace/shell/command.ts";
import { showCheck, toResults, type Exit } from "../../mcp-server/src/trace/turns/check-results.ts";

/** `kind name` of each step. */
const steps = (line: string): readonly string[] =>
  toCommand(line).steps.map(({ kind, name }) => `${kind} ${name}`.trim());

describe("a step is named by program, subcommand and task, never by its arguments", () => {
  test.each([
    ["npm test", ["test npm test"]],
    ["npm run test:ci -- --coverage", ["test npm run test:ci"]],
    [
      "mise run fmt && mise run lint && mise run test:ci",
      ["format mise run fmt", "lint mise run lint", "test mise run test:ci"],
    ],
    ["go test -run 'A|B' ./internal/...", ["test go test"]],
    ["go build ./... && go vet ./...", ["build go build", "lint go vet"]],
    ["cd web && npx vitest run src/a.test.ts", ["test vitest"]],
    ["./node_modules/.bin/tsc --noEmit", ["lint tsc"]],
    ["bun run lint:fix", ["lint bun run lint:fix"]],
    ["prettier --write src", ["format prettier"]],
    ["rtk bun run test", ["test rtk bun run test"]],
    ["rtk secret bun run test", ["test rtk bun run test"]],
    ["rtk test bun run test", ["test rtk test bun run test"]],
    ["rtk git status", ["look rtk git status"]],
    ["git -C /home/dev/app commit -m 'the password is hunter2'", ["git git commit"]],
    ["git status && git diff --stat | head", ["look git status", "look git diff"]],
    ["git stash pop", ["git git stash pop"]],
    ["gh pr create --title 'secret' --body x", ["gh gh pr create"]],
    ["gh pr view 12 --json title", ["look gh pr view"]],
    ["gh api repos/a/b/pulls/1/comments -f body='done'", ["gh gh api"]],
    ["gh api repos/a/b/pulls/1/comments", ["look gh api"]],
    ["docker compose up -d", ["run docker compose up"]],
    ["docker exec web npm test", ["test docker exec"]],
    ["python3 scripts/migrate.py --token abc", ["run python3 migrate.py"]],
    ["node -e \"console.log('hunter2')\"", ["run node"]],
    [
      "cd /tmp && git init t && cd t && git add a && git commit -m x",
      ["git git init", "git git add", "git git commit"],
    ],
    ["curl -H 'Authorization: Bearer abc' https://example.com", ["run curl"]],
    ["DATABASE_URL=postgres://u:p@h/x alembic upgrade head", ["run alembic upgrade"]],
    ["/usr/local/bin/deploy --now", ["run deploy"]],
    ["sleep 5; cat log.txt", ["wait sleep", "look cat"]],
    ["echo done", []],
    ["", []],
    ["grep -rn foo src | sort | uniq -c", ["look grep"]],
    ["npm test 2>&1 | tee log.txt | tail -5", ["test npm test"]],
  ])("%s", (line, expected) => {
    expect(steps(line)).toEqual(expected);
  });

  test("whatever the line, names hold nothing but letters, digits and what paths use", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom("git ", "npm run ", "gh pr ", " && ", "make ", "python ")), {
          maxLength: 12,
        }),
        (pieces) => {
          for (const { name } of toCommand(pieces.join("")).steps)
            expect(name).toMatch(/^(?:[\w:.@/-]{1,40}(?: [\w:.@/-]{1,40}){0,4})?$/u);
        },
      ),
    );
  });
});

/** How the checks of a line read, given how it ended and what it printed. */
const shown = (line: string, exit: Exit, output = ""): readonly string[] =>
  toResults(toCommand(line).steps, exit, readClosings(output)).map((result) =>
    ["test", "lint", "build", "format"].includes(result.step.kind)
      ? showCheck(result)
      : `${result.step.name} ${result.verdict}`,
  );

describe("a check's verdict is its own", () => {
  test.each<readonly [string, Exit, string, readonly string[]]>([
    ["npm test", "zero", "", ["test npm test ok"]],
    ["npm test", "nonzero", "", ["test npm test FAILED"]],
    ["npm test", "nonzero", "Tests:       2 failed, 10 passed, 12 total", ["test npm test FAILED: 2 failed"]],
    ["npm test", "unknown", "", ["test npm test"]],
    ["npm test | tail -5", "zero", "", ["test npm test, exit hidden by a pipe"]],
    [
      "npm test | tail -5",
      "zero",
      "Tests:       2 failed, 10 passed, 12 total",
      ["test npm test, exit hidden by a pipe FAILED: 2 failed"],
    ],
    [
      "npm test | tail -5",
      "zero",
      "      Tests  14 passed (14)",
      ["test npm test, exit hidden by a pipe, 14 passed by its last line"],
    ],
    ["set -o pipefail; npm test | tail -5", "zero", "", ["test npm test ok"]],
    ["npm test || true", "zero", "", ["test npm test, exit hidden by ||"]],
    ["npm test; ls", "zero", "", ["test npm test, exit hidden by a later command", "ls ok"]],
    ["npm test &", "zero", "", ["test npm test, in the background"]],
    [
      "mise run fmt && mise run lint | head",
      "zero",
      "",
      ["format mise run fmt ok", "lint mise run lint, exit hidden by a pipe"],
    ],
    [
      "npm run lint && npm test",
      "nonzero",
      "",
      ["lint npm run lint failed or not run", "test npm test failed or not run"],
    ],
    [
      "npm run lint && npm test",
      "nonzero",
      "✖ 3 problems (2 errors, 1 warning)",
      ["lint npm run lint FAILED: 2 failed", "test npm test not run"],
    ],
    [
      "npm run lint && npm test",
      "nonzero",
      "Tests:       1 failed, 1 total",
      ["lint npm run lint ok", "test npm test FAILED: 1 failed"],
    ],
    [
      "npm run fmt && npm run lint && npm test",
      "nonzero",
      "0 issues.",
      ["format npm run fmt ok", "lint npm run lint ok", "test npm test FAILED"],
    ],
    ["go test ./...", "zero", "ok  \ta\t(cached)", ["test go test ok (cached)"]],
    ["go test -run TestA ./a", "zero", "", ["test go test, filtered ok"]],
    // The exit code outweighs good lines of an output whose end is not there.
    ["go test ./...", "nonzero", "ok  \ta\t0.1s", ["test go test FAILED"]],
    ["npx vitest run --coverage", "nonzero", " Tests  4 passed (4)", ["test vitest FAILED"]],
    ["go test ./... | head -5", "zero", "ok  \ta\t0.1s", ["test go test, exit hidden by a pipe"]],
    ["go test ./... | head -5", "zero", "FAIL\ta\t0.1s", ["test go test, exit hidden by a pipe FAILED"]],
    ["go test ./... | tail -5", "zero", "ok  \ta\t0.1s", ["test go test, exit hidden by a pipe, ok by its last line"]],
    ["go test ./... | grep ok", "zero", "ok  \ta\t0.1s", ["test go test, exit hidden by a pipe"]],
    [
      "go test ./... | grep -E '^(ok|FAIL)'",
      "zero",
      "ok  \ta\t0.1s",
      ["test go test, exit hidden by a pipe, ok by its last line"],
    ],
    [
      "npx vitest run | head",
      "zero",
      " Tests  4 passed (4)",
      ["test vitest, exit hidden by a pipe, 4 passed by its last line"],
    ],
    // A runner of tasks names the task before its lines.
    [
      "mise run lint | tail",
      "zero",
      "[lint:go] 0 issues.",
      ["lint mise run lint, exit hidden by a pipe, ok by its last line"],
    ],
    ["go test -tags=integration ./...", "zero", "", ["test go test, integration ok"]],
    ["pytest tests/test_a.py::test_b", "nonzero", "", ["test pytest, filtered FAILED"]],
    ["npx playwright test", "zero", "", ["test playwright test, e2e ok"]],
    ["npm test && git commit -m x", "zero", "", ["test npm test ok", "git commit ok"]],
    [
      "npx vitest run; npx tsc",
      "zero",
      " Tests  1 failed | 3 passed (4)",
      ["test vitest, exit hidden by a later command FAILED: 1 failed", "lint tsc ok"],
    ],
  ])("%s, exit %s, %j", (line, exit, output, expected) => {
    expect(shown(line, exit, output)).toEqual(expected);
  });
});

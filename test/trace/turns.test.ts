import { describe, expect, test } from "vitest";
import type { Turn } from "../../mcp-server/src/trace/summary/schema.ts";
import {
  agent,
  agentRows,
  bash,
  denied,
  edit,
  failed,
  failedEdit,
  grep,
  plan,
  read,
  summaryOf,
  times,
  type Run,
  type Step,
  type Steps,
} from "../support/trace/steps.ts";

/** The row of a turn with these steps. */
function rowOf(steps: Steps, run: Run = {}): Turn {
  const [row] = summaryOf(steps, run).turns;
  if (row === undefined) throw new Error("a summary has a row");
  return row;
}

const did = (steps: Steps, run: Run = {}): readonly string[] => rowOf(steps, run).did ?? [];
const unchecked = (steps: Steps): readonly string[] => rowOf(steps).unchecked ?? [];
const git = (steps: Steps): readonly string[] => rowOf(steps).git ?? [];

const write = (file: string): Step => ({
  tool: "Write",
  input: { file_path: `/home/dev/app/${file}`, content: "x" },
  output: "File created successfully.",
});
const piped = (command: string, output: string): Step => bash(`${command} 2>&1 | tail -5`, output);
const commit = bash("git commit -m x", "[main 1] x");

describe("what was done, neighbours of one kind folded", () => {
  test.each<readonly [string, Steps, readonly string[]]>([
    ["reads by their files", [read("a.ts"), read("b.ts"), read("a.ts")], ["explore 3: a.ts ×2, b.ts"]],
    [
      "twelve names, the rest by number",
      times(14, (at) => read(`${at}.ts`)),
      [`explore 14: ${Array.from({ length: 12 }, (_name, at) => `${at + 1}.ts`).join(", ")}, +2`],
    ],
    ["a search is no read", [grep("x"), read("a.ts")], ["explore 2: search, a.ts"]],
    ["a search by its place", [{ ...grep("x"), input: { pattern: "x", path: "src" } }], ["explore 1: search in src"]],
    [
      "a search in vain",
      [{ ...grep("x", "No matches found"), input: { pattern: "x", path: "src" } }],
      ["explore 1: nothing found in src"],
    ],
    ["a search of the shell in vain", [bash("grep -rn x src/", "Exit code 1\n")], ["explore 1: nothing found in src"]],
    ["a file printed by the shell", [bash("cat src/a.ts")], ["explore 1: src/a.ts"]],
    ["a missing file", [{ ...read("a.ts"), output: "File does not exist." }], ["explore 1: missing a.ts"]],
    [
      "what lies outside",
      [read("a.ts"), { ...grep("x"), input: { pattern: "x", path: "/etc" } }],
      ["explore 2: a.ts, search in (outside)"],
    ],
    ["edits by their files", [edit("a.ts"), edit("a.ts", "c", "d"), edit("b.ts")], ["edit a.ts ×2, b.ts"]],
    ["a change of comments", [edit("a.ts", "// one\ngo();", "// two\ngo();")], ["edit a.ts (comments only)"]],
    ["a directive is code", [edit("a.go", "//go:build a", "//go:build b")], ["edit a.go"]],
    ["a whole file", [failedEdit("a.ts"), write("a.ts")], ["edit a.ts (failed: text not found)", "write a.ts"]],
    [
      "an edit of a file that was not read",
      [failedEdit("a.ts", "File has not been read yet.")],
      ["edit a.ts (failed: not read)"],
    ],
    [
      "a check with its verdict",
      [bash("npm test"), failed("npx tsc --noEmit")],
      ["test npm test ok", "lint tsc FAILED"],
    ],
    ["a check that is run again with one result", [bash("npm test"), bash("npm test")], ["test npm test ok ×2"]],
    ["a hidden exit", [piped("npm test", "done")], ["test npm test, exit hidden by a pipe"]],
    [
      "a hidden exit with a closing line",
      [piped("bun test", "9 pass\n0 fail")],
      ["test bun test, exit hidden by a pipe, 9 passed by its last line"],
    ],
    ["a linter that fixes", [bash("npx eslint --fix src")], ["lint eslint --fix ok"]],
    ["a formatter that reports", [bash("npx prettier --check .")], ["format prettier --check ok"]],
    ["tests that are only compiled", [bash("go test -c -o /dev/null ./a")], ["build go test -c ok"]],
    [
      "tests of which none ran",
      [bash("go test -run X ./a", "ok  \tx/a\t0.1s [no tests to run]")],
      ["test go test, filtered ok (no tests ran)"],
    ],
    [
      "a command that is not there",
      [bash("vitest run", "Exit code 127\nbash: line 1: vitest: command not found")],
      ["test vitest FAILED: command not found"],
    ],
    [
      "a script that is not there",
      [bash("bun run lint", 'Exit code 1\nerror: Script not found "lint"')],
      ["lint bun run lint FAILED: no such script"],
    ],
    [
      "a wrong use",
      [bash("rtk bun run test", "Exit code 2\nerror: unrecognized subcommand 'bun'")],
      ["test rtk bun run test FAILED: usage error"],
    ],
    ...[
      "unknown shorthand flag: 'x' in -x",
      "tool: invalid option -- 'x'",
      "flag provided but not defined: -x",
      "error: the following required arguments were not provided:",
      "Usage: tool PATH",
    ].map((line): [string, Steps, readonly string[]] => [
      `a wrong use: ${line}`,
      [bash("npm test", `Exit code 2\n${line}`)],
      ["test npm test FAILED: usage error"],
    ]),
    ...[
      "sh: 1: tool: not found",
      "zsh: command not found: tool",
      "'tool' is not recognized as an internal or external command,",
    ].map((line): [string, Steps, readonly string[]] => [
      `a command that is not there: ${line}`,
      [bash("npm test", `Exit code 127\n${line}`)],
      ["test npm test FAILED: command not found"],
    ]),
    [
      "a wrong use behind a pipe",
      [piped("rtk bun run test", "error: unrecognized subcommand 'bun'")],
      ["test rtk bun run test, exit hidden by a pipe FAILED: usage error"],
    ],
    [
      "code that does not compile",
      [bash("go test ./a", "Exit code 1\n# x/a\na.go:3:1: undefined: b\nFAIL\tx/a [build failed]")],
      ["test go test FAILED: compile error"],
    ],
    [
      "tests of a folder that is not there",
      [bash("go test ./b", "Exit code 1\nFAIL\t./b [setup failed]\nFAIL")],
      ["test go test FAILED: no such package"],
    ],
    [
      "a program without a right",
      [bash("./deploy.sh", "Exit code 126\nbash: ./deploy.sh: Permission denied")],
      ["run deploy.sh (failed: permission denied)"],
    ],
    [
      "a file that is not there",
      [bash("python3 a.py", "Exit code 2\ncan't open file: No such file or directory")],
      ["run python3 a.py (failed: no such file)"],
    ],
    ["a runner in front of a runner", [bash("rtk test bun run test")], ["test rtk test bun run test ok"]],
    ["a look below the folder that was entered", [bash("cd web && cat src/a.ts")], ["explore 1: web/src/a.ts"]],
    ["a loop by what it runs", [bash("for f in a b; do jq . $f; done")], ["explore 1: jq"]],
    [
      "git by what changes its meaning",
      [bash("git commit --amend --no-verify -m x")],
      ["git commit --amend --no-verify"],
    ],
    [
      "a commit with its hook",
      [bash("git commit -m x", "[main 1] x\n1309 pass\n0 fail")],
      ["git commit, its hook: test 1309 passed"],
    ],
    [
      "a commit that its hook stopped",
      [bash("git commit -m x", "Exit code 1\n7 pass\n2 fail")],
      ["git commit FAILED, its hook: test 2 failed"],
    ],
    [
      "a commit whose hook's end is not recorded",
      [bash("git commit -m x", "[main 1] x\n$ bun test src/\n")],
      ["git commit, its hook: test ok"],
    ],
    [
      "one that was stopped, of which more may have failed",
      [bash("git commit -m x", "Exit code 1\n$ bun test src/\n")],
      ["git commit FAILED, its hook: test (result not seen)"],
    ],
    [
      "a commit behind others whose hook stopped it",
      [bash("git add a.ts && git commit -m x", "Exit code 1\n$ bun test src/\n")],
      ["git add", "git commit FAILED, its hook: test (result not seen)"],
    ],
    ["what was deleted", [bash("rm -rf tmp/clones && ls")], ["run rm tmp/clones", "explore 1: ls"]],
    [
      "a commit in a repository made for a trial",
      [bash("cd /tmp && git init t && cd t && git add a && git commit -m x", "[main 1] x")],
      ["git init", "git add (another repository)", "git commit (another repository)"],
    ],
    ["the list of tasks is left out", [plan, read("a.ts")], ["explore 1: a.ts"]],
  ])("%s", (_what, steps, expected) => {
    expect(did(steps)).toEqual(expected);
  });

  test.each<readonly [string, Steps, string]>([
    ["looks only", [read("a.ts"), read("b.ts")], "agent Explore (2 calls)"],
    ["one look", [read("a.ts")], "agent Explore (1 call)"],
    [
      "edits, checks and refused calls",
      [edit("a.ts"), failedEdit("a.ts"), failed("npm test"), bash("npx tsc"), denied("src/a.ts")],
      "agent Explore (5 calls, edit 1, check 2, refused 1)",
    ],
  ])("a subagent with what it did: %s", (_what, steps, expected) => {
    expect(did([agent("look")], { also: agentRows("sub", 1, steps.flat()) })).toEqual([expected]);
  });

  test("a skill by its name", () => {
    const skill = (input: Record<string, string>): Step => ({ tool: "Skill", input, output: "Launching skill" });
    expect(did([skill({ skill: "debugging:systematic", args: "secret" }), skill({ command: "pdf" })])).toEqual([
      "skill debugging:systematic",
      "skill pdf",
    ]);
    expect(did([skill({ other: "x" })])).toEqual(["run skill"]);
  });

  test("a long path begins with a whole name", () => {
    const [shown] = did([read("a.ts"), read("packages/a-long-name-of-a-package/src/components/dialogs/confirm.tsx")]);
    expect(shown).toBe(
      "explore 2: a.ts, …/a-long-name-of-a-package/src/components/dialogs/confirm.tsx".replace(
        "a-long-name-of-a-package/",
        "",
      ),
    );
  });
});

describe("files that no fitting check followed", () => {
  const a = edit("src/a.ts");
  test.each<readonly [string, Steps, readonly string[]]>([
    ["without a check", [a], ["src/a.ts"]],
    ["with a check before it only", [bash("npm test"), a], ["src/a.ts"]],
    ["with a test after it", [a, bash("npm test")], []],
    ["with a test after it that failed", [a, failed("npm test")], []],
    ["with a type check", [a, bash("npx tsc --noEmit")], []],
    ["with a formatter", [a, bash("npx prettier --write src")], []],
    ["with a check that never ran", [a, bash("npm test", "Exit code 127\nsh: npm: command not found")], ["src/a.ts"]],
    [
      "with a test that found no tests",
      [a, bash("npx jest", "Exit code 1\nNo tests found, exiting with code 1")],
      ["src/a.ts"],
    ],
    ["with its own test", [a, bash("npx vitest run src/a.test.ts")], []],
    ["with a test of its name elsewhere", [a, bash("npx vitest run lib/a.test.ts")], []],
    ["with a test beside it", [a, bash("npx vitest run src/b.test.ts")], []],
    ["with a test of another folder", [a, bash("npx vitest run lib/b.test.ts")], ["src/a.ts"]],
    ["with the folder of tests", [a, bash("npx vitest run test/b.test.ts")], []],
    ["with a check of its folder", [a, bash("bun test src/")], []],
    ["with a check in its folder", [a, bash("cd src && npm test")], []],
    ["with a check in its folder, as it is written in full", [a, bash("cd /home/dev/app/src; npm test")], []],
    ["with a check in the project's folder", [a, bash("cd /home/dev/app && npm test")], []],
    ["with a check in a folder of another", [a, bash("cd web && npm test")], ["src/a.ts"]],
    ["with a check of a file there", [a, bash("cd web && npx vitest run src/a.test.ts")], []],
    ["with a check behind a folder that was left", [a, bash("(cd web && npm run build) && npm test")], []],
    ["with a check in a folder that the line does not tell", [a, bash('cd "$DIR" && npm test')], []],
    ["with a check in a folder above", [a, bash("cd .. && npm test")], []],
    ["with a check of another folder", [edit("web/a.tsx"), bash("bun test src/")], ["web/a.tsx"]],
    ["with a check that names its settings", [a, bash("npx tsc -p tsconfig.json")], []],
    ["with a linter of another file", [a, bash("npx eslint src/b.ts")], ["src/a.ts"]],
    ["with a check of another language", [a, bash("go test ./...")], ["src/a.ts"]],
    ["with a task runner, whatever it runs", [a, bash("mise run test")], []],
    ["with go's tree", [edit("cli/a.go"), bash("go test ./cli/...")], []],
    ["a script that is run", [edit("bin/x.sh"), bash("./bin/x.sh")], []],
    ["a script that is run by an interpreter", [edit("bin/x.py"), bash("python3 bin/x.py")], []],
    ["a script that is made executable", [edit("bin/x.sh"), bash("chmod +x bin/x.sh")], ["bin/x.sh"]],
    ["a program that was built, run and removed", [bash("go build -o tool ./cmd"), bash("./tool -v && rm tool")], []],
    ["a program that is removed, as nobody built it", [bash("rm tool")], ["tool"]],
    ["code that is removed after a build", [bash("go build ./..."), bash("rm src/a.ts")], ["src/a.ts"]],
    ["prose", [edit("README.md")], []],
    ["data", [edit(".github/workflows/ci.yml"), edit("package.json")], []],
    ["a change of comments", [edit("src/a.ts", "// a\nb();", "// c\nb();")], []],
    ["an edit that failed", [failedEdit("src/a.ts")], []],
    ["committed before the check", [a, commit, bash("npm test")], ["src/a.ts"]],
    [
      "committed by nobody, for the commit failed",
      [a, bash("git commit -m x", "Exit code 1\nno"), bash("npm test")],
      [],
    ],
    ["checked by the commit's hook", [a, bash("git commit -m x", "[main 1] x\n9 pass\n0 fail")], []],
    ["where a command is hidden", [a, { tool: "Bash", input: null }], []],
    [
      "a file outside the project",
      [read("a.ts"), { ...edit("x"), input: { file_path: "/etc/a.sh", old_string: "a", new_string: "b" } }],
      [],
    ],
  ])("%s", (_what, steps, expected) => {
    expect(unchecked([read("main.ts"), ...steps])).toEqual(expected);
  });

  test("are none where a subagent ran a check after them", () => {
    const steps = [edit("src/a.ts"), agent("test it")];
    expect(rowOf(steps, { also: agentRows("sub", 2, [bash("npm test")]) }).unchecked).toBeUndefined();
    expect(rowOf(steps, { also: agentRows("sub", 2, [read("b.ts")]) }).unchecked).toEqual(["src/a.ts"]);
  });
});

describe("what git was not given", () => {
  const [a, b] = [edit("src/a.ts"), edit("src/b.ts")];
  test.each<readonly [string, Steps, readonly string[]]>([
    [
      "a new file that `commit -a` does not take",
      [a, write("src/new.ts"), bash("git commit -qam x", "[main 1] x")],
      ["commit left out src/new.ts"],
    ],
    ["a new file that was added", [write("src/new.ts"), bash("git add -A"), commit], []],
    [
      "a file written over, which git knows",
      [{ ...write("src/c.ts"), output: "The file has been updated." }, bash("git commit -am x", "[main 1] x")],
      [],
    ],
    ["a file that was edited and not added", [a, b, bash("git add src/a.ts"), commit], ["commit left out src/b.ts"]],
    ["all of them, when all were added", [a, b, bash("git add -A"), commit], []],
    ["a folder that was added", [a, b, bash("git add src"), commit], []],
    ["a commit of all", [a, b, bash("git commit -am x")], []],
    [
      "a commit that failed holds nothing",
      [a, bash("git add src/a.ts"), bash("git commit -m x", "Exit code 1\nno")],
      [],
    ],
    ["a push of what was not committed", [a, bash("git push")], ["push without a commit of src/a.ts"]],
    ["a push of what was", [a, bash("git add -A"), commit, bash("git push")], []],
  ])("%s", (_what, steps, expected) => {
    expect(git([read("main.ts"), ...steps])).toEqual(expected);
  });
});

describe("refusals and ends", () => {
  const rejected = "The user doesn't want to proceed with this tool use.";
  test.each<readonly [string, Steps, string | undefined]>([
    ["by a rule", [denied("rm -rf build")], "rm (by a rule)"],
    [
      "with the files that it was aimed at",
      [denied("rm -f src/a.ts && git push")],
      "rm, git push src/a.ts (by a rule)",
    ],
    ["by a human", [{ ...edit("a.ts"), output: rejected }, read("b.ts")], "edit a.ts"],
    [
      "by a human who said why",
      [{ ...edit("a.ts"), output: `${rejected} To tell you, the user said:\nnot now` }, read("b.ts")],
      'edit a.ts: "not now"',
    ],
    ["once, however often", [denied("rm -rf build"), denied("rm -rf build")], "rm (by a rule)"],
    ["never", [read("a.ts")], undefined],
  ])("a call is refused %s", (_what, steps, expected) => {
    expect(rowOf(steps).refused).toBe(expected);
  });

  test("stand among the steps, where they happened", () => {
    const steps = [edit("a.ts"), denied("git push origin main"), bash("npm test")];
    expect(did([read("a.ts"), ...steps])).toEqual([
      "explore 1: a.ts",
      "edit a.ts",
      "REFUSED git push",
      "test npm test ok",
    ]);
  });

  const update = (taskId: string, status: string): Step => ({
    tool: "TaskUpdate",
    input: { taskId, status },
    output: `Updated task #${taskId} status`,
  });
  const second: Step = { ...plan, output: "Task #2 created successfully" };
  test.each<readonly [string, Steps, number | undefined]>([
    ["all done", [plan, second, update("1", "completed"), update("2", "completed")], undefined],
    ["one in progress", [plan, second, update("1", "completed"), update("2", "in_progress")], 1],
    ["one never begun", [plan, second, update("1", "completed")], 1],
    ["a list that was only written down", [plan, second], undefined],
  ])("a turn that ends with %s says what is unfinished", (_what, steps, expected) => {
    expect(rowOf([...steps, read("a.ts")]).open_tasks).toBe(expected);
  });

  test.each<readonly [string, Steps, Run, string]>([
    ["an answer", [read("a.ts")], {}, "answered"],
    ["a question", [read("a.ts")], { ending: "Shall I push it?" }, "asked"],
    ["a human's stop", [{ ...bash("sleep 9"), output: rejected }], { ending: null }, "interrupted"],
    ["nothing", [read("a.ts")], { ending: null }, "cut_off"],
  ])("a turn ends with %s", (_what, steps, run, expected) => {
    expect(rowOf(steps, run).end).toBe(expected);
  });
});

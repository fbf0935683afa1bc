import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readClosings } from "../../mcp-server/src/trace/call/read-closings.ts";

/** `runner verdict failed/passed`, `-` for a number that the line does not give. */
const said = (output: string): readonly string[] =>
  readClosings(output).map(
    ({ runner, isGood, failed, passed, isCached }) =>
      `${runner} ${isGood ? "ok" : "FAILED"} ${failed ?? "-"}/${passed ?? "-"}${isCached ? " cached" : ""}`,
  );

describe("the closing line of each runner tells how it ended", () => {
  test.each([
    ["ok  \texample.com/app/id\t0.512s", "go ok -/-"],
    ["ok  \texample.com/app/id\t(cached)", "go ok -/- cached"],
    ["ok  \ta\t0.1s\nok  \tb\t(cached)", "go ok -/-"],
    ["?   \ta\t[no test files]\nok  \tb\t(cached)", "go ok -/- cached"],
    ["--- FAIL: TestParse (0.00s)\nFAIL\nFAIL\texample.com/app\t0.2s\nFAIL", "go FAILED -/-"],
    ["FAIL\texample.com/app [build failed]", "go FAILED -/-"],
    ["test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s", "cargo ok 0/3"],
    ["test result: FAILED. 2 passed; 1 failed; 0 ignored", "cargo FAILED 1/2"],
    ["error: could not compile `app` (lib) due to 2 previous errors", "cargo FAILED -/-"],
    ["    Finished `dev` profile [unoptimized] target(s) in 0.5s", "cargo ok -/-"],
    ["Tests:       2 failed, 10 passed, 12 total", "jest FAILED 2/10"],
    ["Tests:       1 skipped, 10 passed, 11 total", "jest ok 0/10"],
    [" Test Files  1 failed | 2 passed (3)\n      Tests  1 failed | 3 passed (4)", "vitest FAILED 1/3"],
    ["      Tests  14 passed (14)", "vitest ok 0/14"],
    [
      "\u001b[2m      Tests \u001b[22m \u001b[1m\u001b[32m4 passed\u001b[39m\u001b[22m\u001b[90m (4)\u001b[39m",
      "vitest ok 0/4",
    ],
    ["No test files found, exiting with code 1", "vitest FAILED -/-"],
    ["===== 2 failed, 3 passed in 0.12s =====", "pytest FAILED 2/3"],
    ["3 passed, 1 warning in 0.10s", "pytest ok 0/3"],
    ["==== 1 passed, 2 errors in 1.00s (0:00:01) ====", "pytest FAILED 2/1"],
    ["no tests ran in 0.01s", "pytest FAILED -/-"],
    ["Ran 3 tests in 0.001s\n\nFAILED (failures=1, errors=2)", "unittest FAILED 3/-"],
    ["Ran 3 tests in 0.001s\n\nOK (skipped=1)", "unittest ok -/-"],
    ["  12 passing (3s)", "mocha ok -/12"],
    ["  12 passing (3s)\n  1 pending\n  2 failing", "mocha FAILED 2/12"],
    [" 12 pass\n 0 fail\nRan 12 tests across 3 files. [1.00ms]", "bun ok 0/12"],
    [" 11 pass\n 1 fail", "bun FAILED 1/11"],
    ["# tests 3\n# pass 2\n# fail 1", "node FAILED 1/-"],
    ["ℹ pass 3\nℹ fail 0", "node ok 0/-"],
    ["ok | 5 passed | 0 failed (20ms)", "deno ok 0/5"],
    ["FAILED | 4 passed | 1 failed (20ms)", "deno FAILED 1/4"],
    ["  2 failed\n  8 passed (10.5s)", "playwright FAILED 2/8"],
    ["[ERROR] Tests run: 5, Failures: 1, Errors: 0, Skipped: 0", "maven FAILED 1/4"],
    ["[INFO] BUILD SUCCESS", "maven ok -/-"],
    ["BUILD FAILED in 3s", "gradle FAILED -/-"],
    ["5 tests completed, 1 failed", "gradle FAILED 1/-"],
    ["10 examples, 1 failure", "rspec FAILED 1/-"],
    ["5 runs, 7 assertions, 1 failures, 2 errors, 0 skips", "minitest FAILED 3/-"],
    ["OK (5 tests, 10 assertions)", "phpunit ok -/-"],
    ["Tests: 5, Assertions: 9, Failures: 1.", "phpunit FAILED 1/-"],
    ["Passed!  - Failed:     0, Passed:    12, Skipped:     0", "dotnet ok 0/-"],
    ["90% tests passed, 1 tests failed out of 10", "ctest FAILED 1/-"],
    ["Executed 5 tests, with 0 failures (0 unexpected) in 0.01 seconds", "swift ok 0/-"],
    ["src/a.ts(3,5): error TS2345: Argument of type 'x'", "tsc FAILED -/-"],
    ["Found 2 errors in the same file, starting at: src/a.ts:3", "tsc FAILED 2/-"],
    ["✖ 3 problems (2 errors, 1 warning)", "eslint FAILED 2/-"],
    ["✖ 1 problem (0 errors, 1 warning)", "eslint ok 0/-"],
    ["0 issues.", "golangci-lint ok 0/-"],
    ["3 issues:", "golangci-lint FAILED 3/-"],
    ["Found 0 warnings and 0 errors.", "oxlint ok 0/-"],
    ["Checked 12 files in 3ms. No fixes applied.", "biome ok -/-"],
    ["All checks passed!", "ruff ok -/-"],
    ["Success: no issues found in 3 source files", "mypy ok -/-"],
    ["2 errors, 1 warning, 0 informations", "pyright FAILED 2/-"],
    ["5 files inspected, no offenses detected", "rubocop ok 0/-"],
    ["All matched files use Prettier code style!", "prettier ok -/-"],
    ["[warn] Code style issues found in 2 files. Run Prettier with --write to fix.", "prettier FAILED -/-"],
  ])("%j is %s", (output, expected) => {
    expect(said(output)).toEqual([expected]);
  });

  test("several runners each have their own", () => {
    expect(said("Found 2 errors.\n\n      Tests  4 passed (4)\n0 issues.")).toEqual([
      "tsc FAILED 2/-",
      "vitest ok 0/4",
      "golangci-lint ok 0/-",
    ]);
  });

  test.each([
    "Finished reading 3 files",
    "2 failed attempts to connect",
    "the tests passed",
    "ok",
    "Error: listen EADDRINUSE",
    "FAILED to open the file",
    "Tests are important: 3 failed, 2 passed",
    "# failures are counted",
  ])("%j is a program's own output", (output) => {
    expect(said(output)).toEqual([]);
  });
});

test("any output is read in linear time and never throws", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), fc.constantFrom("Tests  ", "1 failed | ", "ok \t", "=== ", "1 passed, ", "\n")), {
        maxLength: 60,
      }),
      (pieces) => {
        expect(readClosings(pieces.join("")).length).toBeLessThanOrEqual(40);
      },
    ),
  );
  const started = performance.now();
  for (const piece of ["Tests  1 failed | ", "1 failed, ", "=", "a b ", "ok  \tx\t", "Found 1 errors in ", "\u001b[3"])
    readClosings(piece.repeat(100_000));
  expect(performance.now() - started).toBeLessThan(2000);
});

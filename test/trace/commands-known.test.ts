import { describe, expect, test } from "vitest";
import { toCommand } from "../../mcp-server/src/trace/shell/command.ts";

describe("one command is known again", () => {
  const hashOf = (line: string): string => toCommand(line).hash;

  test.each([
    ["npm test", "cd app && npm test 2>&1 | tail -20"],
    ["npm test", "  npm   test ; echo done"],
    ["npx vitest run", "CI=1 ./node_modules/.bin/vitest run"],
    ["rg foo src", "timeout 9 rg foo src | head -5"],
  ])("%s is %s", (left, right) => {
    expect(hashOf(left)).toBe(hashOf(right));
  });

  test.each([
    ["npm test", "npm test -- a"],
    ["echo a", "echo b"],
    ["head -5 a", "head -5 b"],
    ["rm a", "rm b"],
  ])("%s is not %s", (left, right) => {
    expect(hashOf(left)).not.toBe(hashOf(right));
  });
});

test("a hostile line is read in a time that grows with its length alone", () => {
  const hostile = [
    '"\\',
    ">",
    "> ",
    "'",
    "a=",
    "npx -",
    "sudo -a ",
    "node -x ",
    "<<A\n",
    "/bin/",
    "test",
    "make a",
    "\\",
    "(",
  ];
  for (const piece of hostile) expect(toCommand(piece.repeat(20_000)).reads).toEqual([]);
});

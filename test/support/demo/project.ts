import { join } from "node:path";
import { writeFile } from "../files/tree.ts";
import { temporaryFolder } from "../files/temporary.ts";

/** A sentence of the project's CLAUDE.md, by which its text is recognized where it should not be. */
export const INSTRUCTION = "Run `node test.js` before you say that something works.";

const FILES = {
  "CLAUDE.md": `# calc

A calculator for the command line. Plain JavaScript, no dependencies.

- ${INSTRUCTION}
- Keep the public API unchanged unless you are asked to change it.
`,
  "src/calc.js": `export const add = (a, b) => a + b;
export const divide = (a, b) => {
  if (b === 0) throw new RangeError("cannot divide by zero");
  return a / b;
};
`,
  "test.js": `import assert from "node:assert";
import { divide } from "../src/calc.js";

assert.throws(() => divide(1, 0), /zero/);
`,
} as const;

/** A small project in a temporary folder, like the one the recorded runs worked in. */
export function createDemoProject(): string {
  const folder = temporaryFolder("calc");
  for (const [path, content] of Object.entries(FILES)) {
    writeFile(join(folder, path), content);
  }
  return folder;
}

/** Its files, as paths. */
export const PROJECT_FILES: readonly string[] = Object.keys(FILES);

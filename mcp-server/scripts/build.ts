// Writes what is committed and generated: the bundles, and the package that a marketplace installs.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { generate } from "./bundle.ts";
import { PACKAGE } from "./package.ts";
import { ROOT } from "./root.ts";

const files = await generate();
rmSync(join(ROOT, PACKAGE), { recursive: true, force: true });
for (const [path, content] of files) {
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), content);
  if (path.endsWith(".mjs")) console.log(`${path}  ${(content.length / 1024).toFixed(0)} kB`);
}

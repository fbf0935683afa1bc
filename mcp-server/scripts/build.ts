// Writes the committed bundles: what a user's Claude Code runs without installing anything.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { bundle, ROOT } from "./bundle.ts";

for (const [path, content] of await bundle()) {
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), content);
  console.log(`${path}  ${(content.length / 1024).toFixed(0)} kB`);
}

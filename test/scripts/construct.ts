// Writes test/fixtures/traces/<shape>/<scenario>.json of the exporters whose code was read or run.
import { mkdirSync, writeFileSync } from "node:fs";
import { constructTraces } from "../support/exporters/construct.ts";

for (const { name, trace } of constructTraces()) {
  const file = new URL(`../fixtures/traces/${name}.json`, import.meta.url);
  mkdirSync(new URL(".", file), { recursive: true });
  writeFileSync(file, JSON.stringify(trace));
}

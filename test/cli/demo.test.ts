import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { toPicture } from "../support/demo/picture.ts";
import { runDemo } from "../support/demo/run.ts";

test("the demo works, and docs/demo.svg shows what it prints; `tsx test/scripts/demo-picture.ts` draws it anew", async () => {
  const picture = toPicture(await runDemo());
  expect(readFileSync(new URL("../../docs/demo.svg", import.meta.url), "utf8")).toBe(picture);
});

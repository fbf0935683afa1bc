import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { withTables } from "../support/compatibility-table.ts";

test("docs/compatibility.md says what the fixtures say; `tsx test/scripts/compatibility.ts` writes it anew", () => {
  const document = readFileSync(new URL("../../docs/compatibility.md", import.meta.url), "utf8");
  expect(document).toBe(withTables(document));
});

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { withTables } from "../support/exporters/compatibility.ts";

const document = readFileSync(new URL("../../docs/compatibility.md", import.meta.url), "utf8");

test("docs/compatibility.md says what the fixtures say; `tsx test/scripts/compatibility.ts` writes it anew", () => {
  expect(document).toBe(withTables(document));
});

test("what hidden arguments cost Claude Code's own telemetry is what the table of patterns shows", () => {
  const [, costs = ""] = /^\|[^|]*\| `OTEL_LOG_TOOL_DETAILS=1` \|(.*)\|$/mu.exec(document) ?? [];
  const named = [...costs.matchAll(/`([a-z_]+)`/gu)].map(([, id = ""]) => id);
  const rows = document.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
  const header = rows.find(([, first]) => first === "Pattern") ?? [];
  const [whole, hidden] = ["own OTel, both settings", "own OTel"].map((name) => header.indexOf(name));
  const lost = rows.filter((row) => /^[●◐–]$/u.test(row[hidden ?? -1] ?? "") && row[hidden ?? -1] !== row[whole ?? -1]);
  expect(new Set(named)).toEqual(new Set(lost.map(([, id = ""]) => id.replaceAll("`", ""))));
  expect(named).not.toEqual([]);
});

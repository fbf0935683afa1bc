import { expect, test } from "vitest";
import { PATTERNS } from "../../mcp-server/src/trace/patterns/all.ts";
import { toBaseRate } from "../../mcp-server/src/trace/patterns/base-rates.ts";
import { MEASURED } from "../../mcp-server/src/trace/patterns/measured.ts";

test("a pattern has the share of the turns that show it, and its count the share of those that show less", () => {
  const counts = MEASURED.counts["unverified_edit"] ?? [];
  const { base_rate, percentile } = toBaseRate("unverified_edit", 2);
  expect(base_rate).toBeCloseTo(counts.length / MEASURED.turns, 3);
  const below = MEASURED.turns - counts.filter((count) => count >= 2).length;
  expect(percentile).toBe(`P${Math.floor((below / MEASURED.turns) * 100)}`);
});

test("one that was measured and never seen is rare, and no certainty", () => {
  expect(MEASURED.counts["tool_thrash"]).toEqual([]);
  expect(toBaseRate("tool_thrash", 4)).toEqual({ base_rate: 0, percentile: "P99" });
});

test.each(["a_new_pattern", "permission_wait"])("one that was not measured has no figures: %s", (id) => {
  expect(toBaseRate(id, 4)).toEqual({ base_rate: null, percentile: null });
});

test("nothing but patterns was measured", () => {
  const ids = PATTERNS.map(({ id }) => id);
  expect(Object.keys(MEASURED.counts).filter((id) => !ids.includes(id))).toEqual([]);
});

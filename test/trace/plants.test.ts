import { describe, expect, test } from "vitest";
import { PATTERNS } from "../../mcp-server/src/trace/patterns/all.ts";
import { DECOYS } from "../support/plants/decoys.ts";
import { readHosts } from "../support/plants/hosts.ts";
import { assessTrace, isDecidable, shownBy } from "../support/plants/needs.ts";
import { PLANTS } from "../support/plants/patterns.ts";
import { plantInto } from "../support/plants/results.ts";

// Each pathology is planted into clean turns of each exporter, in its own spelling: it is found, and nothing else is.
// Where the exporter does not show what it takes to tell, nothing is found at all.

const hosts = readHosts();

test("every pattern has a plant", () => {
  expect(new Set(PLANTS.map(({ id }) => id))).toEqual(new Set(PATTERNS.map(({ id }) => id)));
});

describe.each(hosts)("$name", (host) => {
  const shown = shownBy(host);
  const clean = assessTrace(host.trace).toSummary(null);
  const calls = clean.metrics.tool_calls;
  const edits = clean.tool_usage.edit ?? 0;

  test("has no finding before anything is planted", () => {
    expect(clean.completed).toBe(true);
    expect(clean.patterns).toEqual([]);
  });

  test.each(PLANTS.map((plant) => [`${plant.id}${plant.form === undefined ? "" : `, ${plant.form}`}`, plant] as const))(
    "%s",
    (_name, plant) => {
      const { patterns, others, planted } = plantInto(host, plant);
      for (const other of others) expect(other).toEqual(patterns);
      const found = patterns.map(({ id, severity, count }) => ({ id, severity, count }));
      if (!isDecidable(plant, shown)) {
        expect(found).toEqual([]);
        return;
      }
      const severity = shown.has("contents") ? plant.severity : (plant.withoutContents ?? plant.severity);
      const count = typeof plant.count === "number" ? plant.count : plant.count({ calls, edits });
      expect(found).toEqual([{ id: plant.id, severity, count }]);
      const evidence = patterns.flatMap(({ observations }) => observations);
      expect(evidence.filter((id) => planted.has(id))).not.toEqual([]);
      // Where the host's own calls count, they are evidence too.
      if (typeof plant.count === "number") expect(evidence.filter((id) => !planted.has(id))).toEqual([]);
    },
  );

  const decoys = DECOYS.filter(({ earlier }) => earlier === undefined || shown.has("session"));
  test.each(decoys)("$name: nothing to find", ({ steps, earlier = [] }) => {
    const { patterns, others } = plantInto(host, { steps, earlier });
    expect([patterns, ...others]).toEqual([[], [], [], []]);
  });
});

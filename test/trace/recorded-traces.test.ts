import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { byteLength, MAX_SUMMARY_BYTES } from "../../mcp-server/src/trace/summary/fit.ts";
import { formatJson } from "../../mcp-server/src/trace/values/format-json.ts";
import { Summary } from "../../mcp-server/src/trace/summary/schema.ts";
import type { Audited } from "../support/trace/audited.ts";
import {
  createRandom,
  paginate,
  readRecordedTraces,
  readServedTraces,
  shuffle,
  summarizeBody,
  summarizeRows,
  summarizeTrace,
} from "../support/trace/traces.ts";
import { toV2Rows } from "../support/langfuse/v2-rows.ts";

const traces = readRecordedTraces();
const seeds = [1, 2, 3, 4, 5];

const written = ({ summary }: Audited): string => formatJson(summary);

/** Without the folder of the project: the rows of some exporters do not name it, and their traces do. Without white space, for lines break by length. */
const placeless = (text: string): string => text.replaceAll("src/calc.js", "calc.js").replaceAll(/\s/gu, "");

/** Everything that leaves the core, the selectors' part included. */
const wholly = (audited: Audited): string => `${written(audited)}${formatJson({ ...audited, summary: null })}`;

describe.each(traces)("$name", ({ exporter, scenario, trace }) => {
  const audited = summarizeTrace(trace);

  test("has the reviewed summary, valid and within its size", async () => {
    const summary = written(audited);
    expect(Summary.parse(JSON.parse(summary))).toEqual(audited.summary);
    expect(byteLength(summary)).toBeLessThan(MAX_SUMMARY_BYTES);
    const expected = new URL(`../fixtures/summaries/${exporter}/${scenario}.json`, import.meta.url);
    await expect(summary).toMatchFileSnapshot(fileURLToPath(expected));
  });

  test.each(seeds)("has the same summary with its rows in another order, seed %i", (seed) => {
    const random = createRandom(seed);
    const shuffled = shuffle(trace.observations, random);
    expect(wholly(summarizeBody(trace, shuffled))).toBe(wholly(audited));
    expect(wholly(summarizeBody(trace, [...shuffled, ...trace.observations]))).toBe(wholly(audited));
  });

  test.each([
    ["as rows of v2/observations", { hasSyntheticRoot: false, hasNoRootMark: false }],
    ["as rows without a root mark", { hasSyntheticRoot: false, hasNoRootMark: true }],
    ["below a synthetic root", { hasSyntheticRoot: true, hasNoRootMark: false }],
  ])("has the same summary %s, in pages of any length, delivered twice", (_spelling, quirks) => {
    const rows = toV2Rows(trace, { projectId: "project", ...quirks });
    const random = createRandom(rows.length);
    const pages = paginate(shuffle(rows, random), random);
    const expected = placeless(wholly(audited));
    expect(placeless(wholly(summarizeRows(trace.id, pages)))).toBe(expected);
    expect(placeless(wholly(summarizeRows(trace.id, [...pages, ...paginate(rows, random)])))).toBe(expected);
  });
});

describe("what real servers answered", () => {
  const served = readServedTraces();

  test.each(served)("$file has the summary of the recorded trace", ({ name, summarize }) => {
    const recorded = traces.find((one) => one.name === name);
    expect(recorded, `a recorded trace ${name}`).toBeDefined();
    if (recorded !== undefined) expect(written(summarize())).toBe(written(summarizeTrace(recorded.trace)));
  });

  test("covers both versions of the API and the synthetic root", () => {
    const servers = new Set(served.map(({ file }) => /v2\.95|dual|older-sdk|events-only|v1-trace/u.exec(file)?.[0]));
    expect([...servers].filter((server) => server !== undefined).toSorted()).toEqual([
      "dual",
      "events-only",
      "older-sdk",
      "v1-trace",
      "v2.95",
    ]);
  });
});

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Summary } from "../../mcp-server/src/trace/summary/schema.ts";
import { COMPARED, type Comparable, DIFFERENCES, toComparable } from "../support/transcripts/differences.ts";
import { installSession, type Scenario, withoutKeys } from "../support/transcripts/recorded.ts";

describe("the same session through Langfuse's plugin and through its transcript", () => {
  /** The recorded session, and which turn of it. */
  const places: Readonly<Record<(typeof COMPARED)[number], readonly [Scenario, number]>> = {
    apierror: ["apierror", 1],
    bgagent: ["bgagent", 1],
    denied: ["denied", 1],
    interrupted: ["interrupted", 1],
    "multiturn.1": ["multiturn", 1],
    "multiturn.2": ["multiturn", 2],
    "rich-default": ["rich-default", 1],
    todo: ["todo", 1],
  };
  test.each(COMPARED)("%s: equal field by field but for ids, times and what differs for a reason", async (name) => {
    const [scenario, turn] = places[name];
    await withoutKeys({}, async ({ home, project, start }) => {
      const { sessionId } = installSession(scenario, { home, project, secondsAgo: 3600 });
      const answer = await (await start()).fetch(`${sessionId}-${turn}`);
      const expected = new URL(
        `../fixtures/summaries/official-plugin-v1-cleantranscript/${name}.json`,
        import.meta.url,
      );
      const exported = toComparable(Summary.parse(JSON.parse(readFileSync(expected, "utf8"))));
      const whole = answer.summaries.map((summary) => toComparable(Summary.parse(summary)));
      const shown = DIFFERENCES.filter(({ seenIn }) => seenIn.includes(name));
      const changes = shown.map(({ change }) => change(exported));
      const transcribed: Comparable = { ...exported };
      for (const change of changes) Object.assign(transcribed, change);
      expect(whole).toEqual([transcribed]);
      // A difference that is none any more would stay in the documentation.
      for (const change of changes) expect(exported).not.toMatchObject(change);
    });
  });
});

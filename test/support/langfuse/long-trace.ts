import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { ROOT } from "../../../mcp-server/scripts/root.ts";

const Row = z.looseObject({
  id: z.string(),
  parentObservationId: z.string().nullable(),
  startTime: z.string(),
  endTime: z.string().nullable(),
});
const Trace = z.looseObject({ id: z.string(), observations: z.array(Row) });

/** The JSON text of a trace of `count` rows: a recorded one, repeated below its root, five seconds later each time. */
export function longTrace(fixture: string, count: number): string {
  const trace = Trace.parse(JSON.parse(readFileSync(join(ROOT, "test/fixtures/traces", `${fixture}.json`), "utf8")));
  const ids = new Set(trace.observations.map(({ id }) => id));
  const root = trace.observations.find(
    ({ parentObservationId }) => parentObservationId === null || !ids.has(parentObservationId),
  );
  const rows = trace.observations.filter((row) => row !== root);
  const observations: unknown[] = root === undefined ? [] : [root];
  for (let round = 0; observations.length < count; round += 1) {
    const later = (time: string): string => new Date(Date.parse(time) + round * 5000).toISOString();
    for (const row of rows.slice(0, count - observations.length)) {
      const parent = row.parentObservationId;
      // A call's id is its own: the same one again would be one call recorded twice.
      const again: unknown = JSON.parse(JSON.stringify(row).replace(/toolu_[a-z]*\d+/gu, `$&r${round}`));
      observations.push({
        ...Row.parse(again),
        id: `${row.id}${round}`,
        parentObservationId: parent === null || parent === root?.id ? parent : `${parent}${round}`,
        startTime: later(row.startTime),
        endTime: row.endTime === null ? null : later(row.endTime),
      });
    }
  }
  return JSON.stringify({ ...trace, observations });
}

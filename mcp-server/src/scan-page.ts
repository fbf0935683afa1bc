import { MAX_ROWS, renderScan } from "./audit/scan/scan-page.ts";
import { AuditError } from "./audit-error.ts";
import type { Auditor } from "./auditor.ts";
import { toHeadline } from "./trace/summary/headline.ts";

/** What was read by then is shown; the hook that shows it gives up at nine seconds. */
const SCAN_MS = 6500;

/**
 * The page of `/audit` without an argument: the newest sessions and runs of this project, or why there are none. `audited`
 * are the ids of traces that an audit was made of.
 */
export async function toScanPage(auditor: Auditor, audited: ReadonlySet<string>, now: number): Promise<string> {
  try {
    const { rows, unread, failure, isShortened } = await auditor.scan(MAX_ROWS, SCAN_MS);
    if (rows.length === 0 && failure !== null) return failure;
    const shown = rows.map(({ selector, summary, endedAt }) => ({
      selector,
      endedAt,
      isAudited: audited.has(selector),
      goal: summary.goal,
      turns: summary.turns.length + summary.turns_folded,
      headline: toHeadline(summary),
    }));
    return renderScan({ place: auditor.place(), rows: shown, unread, isShortened }, now);
  } catch (error) {
    if (error instanceof AuditError) return error.message;
    throw error;
  }
}

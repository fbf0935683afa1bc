import { showSummaries, type SummaryOnDisk } from "./show-summaries.ts";

/** How much comes with a question, in UTF-16 units: three summaries. */
const MAX_SHOWN = 30_000;

/**
 * What one of the agents gets when a human asks it outside an audit: the question as the main agent wrote it, and of the
 * newest `summaries`, each behind its path, the newest first. Without a summary it says what makes one.
 */
export function briefDirectly(question: string, summaries: readonly SummaryOnDisk[]): string {
  const given =
    summaries.length === 0
      ? ["trace-audit has written no summary in this project yet. Say so, and that a human gets one with /audit."]
      : [
          "Added by trace-audit: the newest summaries of this project, the newest first. Take the one that the question means, else the first.",
          showSummaries(summaries, MAX_SHOWN),
        ];
  return [question.trim(), "---", ...given].join("\n\n");
}

import { HOW_TO_SET_KEYS } from "../../config.ts";
import type { LangfuseFailure } from "../langfuse/failure.ts";

/** What an answer names as the place that its traces come from. */
export const TRANSCRIPTS = "Claude Code's transcripts of this project, on this machine";
/** What to do when no trace of the project qualifies. */
export const ADVICE =
  "Run Claude Code in this project and finish a turn in another session than this one, or name a turn as `<session id>-<number>`. To audit traces of Langfuse instead, set its keys.";

/** A failure to read transcripts in words: what failed, the likely cause, what to do. */
export function describe({ kind, code }: LangfuseFailure, traceId: string | null): string {
  const what = traceId === null ? "the list of transcripts" : `the transcript of "${traceId}"`;
  switch (kind) {
    case "route_missing":
      return `No Langfuse keys are set: LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY are both missing, and Claude Code has no transcripts of this project but those of this session. The plugin was not configured yet, or Claude Code was not used in this folder before, or keeps its files elsewhere (CLAUDE_CONFIG_DIR). Either run Claude Code in this folder first, or set the keys: ${HOW_TO_SET_KEYS}`;
    case "not_found":
      return `Trace "${traceId ?? ""}" was not found in Claude Code's transcripts of this project, which are read because no Langfuse keys are set. The id is mistyped, of another project, or of a trace in Langfuse. Give \`<session id>-<number of the turn>\`, \`<session id>\` for its last turn, or \`last\`; for a trace in Langfuse set the keys. ${HOW_TO_SET_KEYS}`;
    case "stopped":
      return `Reading ${what} took longer than the call may take. The transcripts are very large or the disk is slow. Try again, or name a turn as \`<session id>-<number>\`.`;
    default:
      return `Reading ${what} failed${code === null ? "" : ` (${code})`}. The file may not be read, or the disk failed. Check that you may read the files below projects in Claude Code's folder, then try again.`;
  }
}

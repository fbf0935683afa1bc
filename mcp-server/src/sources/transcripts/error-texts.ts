import { codeOf } from "../../audit-error.ts";
import { SourceFailure } from "../port.ts";

const named = (traceId: string | null): string =>
  traceId === null ? "the list of transcripts" : `the transcript of "${traceId}"`;

const NO_KEYS = "no Langfuse keys are set (`/plugin configure trace-audit` sets them), so only transcripts are read";

/** `above`: a folder that holds this one, in the same repository, of which there are transcripts; null without one. */
export function noTranscripts(above: string | null): SourceFailure {
  const here = "There is nothing to audit here yet: Claude Code has no transcripts of this project.";
  return new SourceFailure("source", () =>
    above === null
      ? `${here} It was not used in this folder before, or keeps its files elsewhere (CLAUDE_CONFIG_DIR); ${NO_KEYS}. Work with Claude Code in this folder first.`
      : `${here} It has some of ${above}, which holds this folder: it keeps them by the folder that it was started in. Start Claude Code there, and type /audit.`,
  );
}

export function notFound(cause?: unknown): SourceFailure {
  return new SourceFailure(
    "trace",
    (traceId) =>
      `Trace "${traceId ?? ""}" was not found in Claude Code's transcripts of this project. The id is mistyped, or of another project; ${NO_KEYS}. Give \`<session id>-<number of the turn>\`, \`<session id>\` for all turns of a session, or \`last\`; \`/audit\` alone lists what is there.`,
    cause,
  );
}

export function sessionNotFound(sessionId: string): SourceFailure {
  return new SourceFailure(
    "source",
    () =>
      `Session "${sessionId}" was not found in Claude Code's transcripts of this project. The id is mistyped, or of another project; ${NO_KEYS}. Give the name of a transcript without its ending, or \`session\` for the newest; \`/audit\` alone lists what is there.`,
  );
}

export function ambiguous(beginning: string, ids: readonly string[]): SourceFailure {
  return new SourceFailure(
    "source",
    () =>
      `"${beginning}" begins the ids of ${ids.length} sessions. A beginning has to be that of one session alone. Give more of the id: ${ids.slice(0, 5).join(", ")}${ids.length > 5 ? ", …" : ""}.`,
  );
}

/** The time of the call is up, or nobody waits for it any more. */
export function stopped(cause?: unknown): SourceFailure {
  return new SourceFailure(
    "source",
    (traceId) =>
      `Reading ${named(traceId)} took longer than the call may take. The transcripts are very large or the disk is slow. Try again, or name a turn as \`<session id>-<number>\`.`,
    cause,
  );
}

/** What the file system said when a transcript was read. */
export function toReadFailure(error: unknown, signal: AbortSignal): SourceFailure {
  if (error instanceof SourceFailure) return error;
  if (signal.aborted) return stopped(error);
  const code = codeOf(error) || "unknown";
  if (code === "ENOENT") return notFound(error);
  return new SourceFailure(
    "trace",
    (traceId) =>
      `Reading ${named(traceId)} failed (${code}). The file may not be read, or the disk failed. Check that you may read the files below projects in Claude Code's folder, then try again.`,
    error,
  );
}

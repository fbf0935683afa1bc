/**
 * A failure that the person or model at the other end can act on. The message says what failed, the likely cause and
 * what to do, in that order; keys, headers and response bodies are never part of it. The original error is the `cause`.
 */
export class AuditError extends Error {
  override readonly name = "AuditError";
}

/** The system's code of an error, such as ENOENT, or "". */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

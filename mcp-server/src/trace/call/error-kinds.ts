/**
 * Why a call failed; `tool_error` is a failure of which only the fact is known. `cancelled`: nobody refused it, but it did
 * not run to an end that is known: it stood beside a failing call, was skipped with its turn, or its result was lost.
 */
export type ErrorKind =
  | "cancelled"
  | "interrupted"
  | "user_rejected"
  | "permission_denied"
  | "invalid_input"
  | "invalid_tool"
  | "edit_mismatch"
  | "too_large"
  | "timeout"
  | "nonzero_exit"
  | "not_found"
  | "api_error"
  | "tool_error";

type Rule = { readonly kind: ErrorKind; readonly tools: ReadonlySet<string> | null; readonly start: RegExp };

// What the rules below can start with, to pass over the many outputs that did not fail; a line that asks for approval
// starts with anything.
const START =
  /^(?:\[(?:Request|Tool |Agent call|This turn)|The (?:user doesn't|permission check|turn ended)|This tool call was|User |Claude requested|Permission |PreToolUse:|Hook |A (?:PreToolUse|safety)|An image|Execution stopped|Tool permission|\w+ operation blocked|<tool_use_error>|Error: |Sibling |Cancelled: |Not started: |Agent type|String to|Found \d|No changes|File |ENOENT|EISDIR|API Error|Exit code|Command timed)/u;
const ASKS = /^[^\n]{1,600}? (?:needs|requires) approval/u;

const EDITS = new Set(["edit", "multiedit", "write", "notebookedit"]);
const FILES = new Set([...EDITS, "read", "notebookread"]);
const READS = new Set(["read", "notebookread"]);
const SHELL = new Set(["bash", "powershell"]);
const AGENT = new Set(["agent"]);

// The start of what Claude Code 2.1.330 answers to a failed call. Restricted to the tools that can say
// it, because a file may begin with "Exit code 1" too.
const RULES: readonly Rule[] = [
  { kind: "interrupted", tools: null, start: /^\[Request interrupted by user/u },
  {
    kind: "user_rejected",
    tools: null,
    start: /^The user doesn't want to (?:proceed with this tool use|take this action)/u,
  },
  {
    kind: "permission_denied",
    tools: null,
    start:
      /^(?:Claude requested permissions to [^\n]{1,400}, but you haven't granted it yet|Permission (?:to use [^\n]{1,200} has been denied|for this tool use was denied)|[^\n]{1,600}? needs approval\. The path is )/u,
  },
  // A rule, the classifier of auto mode, a safety check.
  {
    kind: "permission_denied",
    tools: null,
    start:
      /^(?:Permission (?:to \w+ [\s\S]{1,900}? has been denied|to use \S+ with command |for this (?:action|command|tool use) (?:was|has been) denied|denied for \S+: )|Agent type '[^']{1,200}' has been denied|(?:<tool_use_error>)?File is (?:in a directory that is denied|covered by a Read deny rule)|The permission check for this [^\n]{1,200} call failed|This tool call was refused and did not run|(?:<tool_use_error>)?Blocked: |[^\n]{1,300} connector requires approval for this call)/u,
  },
  // A hook: its exit code 2, its "deny", its "continue: false".
  {
    kind: "permission_denied",
    tools: null,
    start:
      /^(?:<tool_use_error>)?(?:Error: )?(?:PreToolUse:\S+ (?:hook error|\[)|PreToolUse:\S+ hook blocking error|\w+ operation blocked by hook|Hook PreToolUse:\S+ (?:denied|blocked) this tool|Execution stopped by hook)/u,
  },
  { kind: "user_rejected", tools: null, start: /^User (?:denied permission|rejected tool use)/u },
  {
    kind: "cancelled",
    tools: null,
    start:
      /^(?:<tool_use_error>)?(?:Error: )?(?:Sibling tool call errored|Cancelled: |Streaming fallback - tool execution discarded|Tool permission (?:request failed|stream closed)|Not started: this same command)/u,
  },
  {
    kind: "cancelled",
    tools: null,
    start:
      /^(?:\[(?:Tool (?:call (?:skipped|not completed|did not complete|interrupted|result not in this copy)|result missing due to internal error)|Agent call interrupted|This turn ended before it finished|Request interrupted: the session ended)|(?:A safety monitor blocked this turn|An image in this turn could not be sent to the API|The turn ended on an error), so this tool call was cancelled|A PreToolUse hook \([^)\n]{1,300}\) deferred this call)/u,
  },
  { kind: "permission_denied", tools: SHELL, start: /^This (?:\w+ )?command (?:needs|requires) approval\b/u },
  { kind: "invalid_input", tools: null, start: /^<tool_use_error>InputValidationError/u },
  { kind: "invalid_tool", tools: null, start: /^(?:<tool_use_error>)?Error: No such tool available/u },
  { kind: "invalid_tool", tools: AGENT, start: /^(?:<tool_use_error>)?Agent type '[^']{1,200}' not found/u },
  {
    kind: "edit_mismatch",
    tools: EDITS,
    start:
      /^(?:<tool_use_error>)?(?:String to replace not found|Found \d+ matches of the string|No changes to make: old_string|File has not been read yet|File has been (?:unexpectedly )?modified)/u,
  },
  {
    kind: "too_large",
    tools: READS,
    start: /^(?:<tool_use_error>)?File content \([^)]{1,60}\) exceeds maximum allowed/u,
  },
  { kind: "timeout", tools: SHELL, start: /^(?:Exit code 143\n)?Command timed out after/u },
  { kind: "nonzero_exit", tools: SHELL, start: /^Exit code (?!0\b)\d+/u },
  { kind: "not_found", tools: FILES, start: /^(?:<tool_use_error>)?(?:File does not exist\.|ENOENT)/u },
  { kind: "tool_error", tools: FILES, start: /^EISDIR/u },
  { kind: "api_error", tools: AGENT, start: /^API Error: /u },
  { kind: "tool_error", tools: null, start: /^<tool_use_error>/u },
];

/** The kind of failure that the start of a tool's output text tells, or null. `tool` is the canonical name. */
export function toErrorKind(tool: string, output: string): ErrorKind | null {
  // 1,000 characters hold every marker; outputs can be megabytes.
  const start = output.slice(0, 1000).trimStart();
  if (!START.test(start) && !(start.includes(" approval") && ASKS.test(start))) return null;
  for (const rule of RULES) {
    if ((rule.tools === null || rule.tools.has(tool)) && rule.start.test(start)) return rule.kind;
  }
  return null;
}

/**
 * The kind that Claude Code notes beside the result of a call that it did not let run (`toolDenialKind` of a transcript's
 * line), or null. A hook gives its reason in words of its own, so that its text tells nothing.
 */
export function fromDenial(denial: string | null): ErrorKind | null {
  switch (denial) {
    case "permission-rule":
      return "permission_denied";
    case "user-rejected":
      return "user_rejected";
    case "cancelled":
    // The session ended before the result came; a human's own interruption is told by its text.
    case "interrupted":
      return "cancelled";
    default:
      return null;
  }
}

/** The kind that native telemetry names in `error_class`, else in the message of the failed execution. */
export function fromErrorClass(errorClass: string | null, message: string): ErrorKind {
  if (errorClass === "ShellError") return "nonzero_exit";
  if (errorClass === "AbortError") return "interrupted";
  // The execution does not name its tool; what file tools answer is told apart by the text alone.
  return toErrorKind("read", message) ?? toErrorKind("edit", message) ?? "tool_error";
}

/** Failures that a human or a rule caused by saying no. */
export function isRefusal(kind: ErrorKind): boolean {
  return kind === "permission_denied" || kind === "user_rejected";
}

/** Whether a call with such an error was not let run, or not to an end that is known: it says nothing of what it was for. */
export function isUnrun(kind: ErrorKind): boolean {
  return kind === "cancelled" || isRefusal(kind);
}

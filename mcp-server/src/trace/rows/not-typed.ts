// What Claude Code writes in the user's place, told by how it begins. `written` is a message without what is added to it.

// How a message begins that Claude Code 2.1.330, another agent, another program or a hook wrote in the user's place: the
// tags and the first lines that Claude Code itself tells such messages by.
const NOTICE = new RegExp(
  [
    String.raw`^<(?:task-notification|agent-message|teammate-message|cross-session-message|coordinator-relay|tick`,
    String.raw`|remote-review(?:-progress)?|slack-ping|slack-tag-message|queued-remote-notifications`,
    String.raw`|mcp-(?:resource|polling)-update|fetched-web-content|untrusted-widget-state|fork-boilerplate`,
    String.raw`|artifact-(?:type-instructions|file-content|origin-notes|stored-declaration|room-view|watch-lifecycle)`,
    String.raw`|cowritten-artifact-html)(?=[\s/>])`,
    String.raw`|^<channel source="`,
    String.raw`|^\[SYSTEM NOTIFICATION - NOT USER INPUT\]`,
    String.raw`|^(?:Another (?:Claude )?session|A peer session|The coordinator) sent a message(?: while you were working)?:\s*\n`,
    String.raw`|^Activity (?:was observed )?in the bound conversation(?: while you were working)?(?::|, not a new message)`,
    String.raw`|^# (?:/loop tick|Autonomous loop (?:tick|check))\b|^<<(?:autonomous-loop|loop\.md)(?:-dynamic)?>>`,
    String.raw`|^(?:Operation|Execution) stopped by hook(?::|\s*$)`,
    String.raw`|^(?:Stop|SubagentStop|TeammateIdle|TaskCreated|TaskCompleted) hook feedback:`,
    String.raw`|^User(?:PromptSubmit|PromptExpansion) operation blocked by hook:`,
  ].join(""),
  "u",
);

/** Whether another agent, another program, a schedule or a hook wrote a message. */
export function isNotice(written: string): boolean {
  return NOTICE.test(written.slice(0, 400));
}

// Where a turn was stopped or did not get to its end.
const INTERRUPT =
  /^\[(?:Request interrupted(?: by user|: the session ended)|This turn ended before it finished|Agent call interrupted: |Tool call (?:skipped|interrupted|did not complete): )/u;

/** Whether a message says that the turn was stopped. */
export function isInterrupt(written: string): boolean {
  return INTERRUPT.test(written);
}

const STOPPED = /^\s*(?:(?:Operation|Execution) stopped by hook|User\w+ operation blocked by hook)/u;

/** Whether a message stands for a prompt that a hook stopped, so that the model never saw it. */
export function isStoppedByHook(written: string): boolean {
  return STOPPED.test(written);
}

/** Whether a message is what a human gave to be remembered (`#` in older versions): no prompt. */
export function isMemory(written: string): boolean {
  return /^\s*<user-memory-input>/u.test(written);
}

const BASH_INPUT = /^\s*<bash-input>([\s\S]{0,4000}?)<\/bash-input>/u;

/** The command that a human typed behind `!`, or null. The model may answer it since Claude Code 2.1.186. */
export function bashInput(written: string): string | null {
  return BASH_INPUT.exec(written)?.[1]?.trim() ?? null;
}

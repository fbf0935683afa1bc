/** What Claude Code puts before the names of the plugin's agents and commands. */
export const PLUGIN_PREFIX = "trace-audit:";
/** `/audit` as Claude Code expands it. */
export const AUDIT_COMMAND = `${PLUGIN_PREFIX}audit`;
/** The plugin's agents, by the names that a human types. */
const AGENTS = ["prompt-engineer", "refactoring-specialist"] as const;
/** By the names that Claude Code knows them by. */
export const ENGINEER = "trace-audit:prompt-engineer";
export const SPECIALIST = "trace-audit:refactoring-specialist";

/** Whether a subagent's type is that of one of the plugin's two agents. */
export function isOwnAgent(type: unknown): type is typeof ENGINEER | typeof SPECIALIST {
  return type === ENGINEER || type === SPECIALIST;
}

/**
 * An agent's type in the spelling that everything here goes by. Claude Code also takes ours with other letters' case and with
 * spaces or underscores for hyphens; any other type stays as it is.
 */
export function toAgentType(type: string): string {
  const plain = type
    .normalize("NFKC")
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_]+/gu, "-");
  return isOwnAgent(plain) ? plain : type;
}

/**
 * The agents that a prompt mentions in a form that Claude Code does not resolve by itself: `@prompt-engineer`,
 * `@agent-prompt-engineer`, `@trace-audit:prompt-engineer`. The forms it resolves, `@agent-trace-audit:prompt-engineer`
 * and `@"trace-audit:prompt-engineer (agent)"`, are left alone.
 */
export function bareMentions(prompt: string): readonly (typeof AGENTS)[number][] {
  return AGENTS.filter((agent) =>
    new RegExp(String.raw`(?:^|[\s(,;])@(?:agent-|${PLUGIN_PREFIX})?${agent}(?![\w:/.-]*\w)`, "u").test(prompt),
  );
}

/** Whether a prompt turns to one of the plugin's agents: it mentions it, in any form. */
export function asksOwnAgent(prompt: string): boolean {
  return AGENTS.some((agent) =>
    new RegExp(String.raw`(?:^|[\s(,;])@"?(?:agent-)?(?:${PLUGIN_PREFIX})?${agent}(?![\w:/.-]*\w)`, "u").test(prompt),
  );
}

/** What the model is told of bare mentions. */
export function explainMentions(agents: readonly string[]): string {
  return agents
    .map(
      (agent) =>
        `The user's @${agent} means the subagent ${PLUGIN_PREFIX}${agent}. Delegate to it with the Agent tool, subagent_type "${PLUGIN_PREFIX}${agent}" and run_in_background false, and give it the user's request.`,
    )
    .join("\n");
}

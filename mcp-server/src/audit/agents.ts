/** The plugin's agents, by the names that a human types. */
export const AGENTS = ["prompt-engineer", "refactoring-specialist"] as const;
export const PLUGIN = "trace-audit";

/**
 * The agents that a prompt mentions in a form that Claude Code does not resolve by itself: `@prompt-engineer`,
 * `@agent-prompt-engineer`, `@trace-audit:prompt-engineer`. The forms it resolves, `@agent-trace-audit:prompt-engineer`
 * and `@"trace-audit:prompt-engineer (agent)"`, are left alone.
 */
export function bareMentions(prompt: string): readonly (typeof AGENTS)[number][] {
  return AGENTS.filter((agent) =>
    new RegExp(String.raw`(?:^|[\s(,;])@(?:agent-|${PLUGIN}:)?${agent}(?![\w:/.-]*\w)`, "u").test(prompt),
  );
}

/** What the model is told of bare mentions. */
export function explainMentions(agents: readonly string[]): string {
  return agents
    .map(
      (agent) =>
        `The user's @${agent} means the subagent ${PLUGIN}:${agent}. Delegate to it with the Agent tool, subagent_type "${PLUGIN}:${agent}" and run_in_background false, and give it the user's request.`,
    )
    .join("\n");
}

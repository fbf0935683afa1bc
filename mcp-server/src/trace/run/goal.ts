import type { Prompt } from "../rows/prompt.ts";
import { isSubagentTraceName } from "../call/row-names.ts";
import { isAside } from "../rows/proxied-request.ts";
import type { TraceFacts } from "../rows/reducer.ts";
import { containersOf, type Timeline } from "../timeline/timeline.ts";

/** What the run was asked to do. `isHuman` is false only where the data says that no human asked. */
export type Goal = {
  readonly text: string | null;
  /** The same with head and tail of a long one, see prompt.ts. */
  readonly said: string | null;
  readonly isRecorded: boolean;
  readonly isRedacted: boolean;
  readonly isHuman: boolean;
};

/** The first prompt that survives cleaning: of the turn's root, else of the earliest generation. */
export function toGoal(timeline: Timeline): Goal {
  const prompts = [...containersOf(timeline).map(({ prompt }) => prompt), ...byActor(timeline)];
  const recorded = prompts.filter(({ kind }) => kind !== "absent");
  const decisive = recorded.find(({ kind }) => kind !== "phantom" && kind !== "redacted") ?? recorded[0];
  const isRedacted = decisive?.kind === "redacted";
  return {
    text: decisive?.text ?? null,
    said: decisive?.said ?? null,
    isRecorded: decisive !== undefined && !isRedacted,
    isRedacted,
    isHuman: !isSubagentTrace(timeline) && (decisive === undefined || HUMAN.has(decisive.kind)),
  };
}

const HUMAN: ReadonlySet<Prompt["kind"]> = new Set(["human", "redacted", "continuation"]);

/** The prompts of the main agent's generations, earliest first. */
function byActor({ facts }: Timeline): readonly Prompt[] {
  const isMain = (id: string): boolean => (facts.events.get(id)?.actor ?? "main") === "main";
  return facts.prompts.filter(({ id }) => isMain(id)).map(({ prompt }) => prompt);
}

/** Some exporters write each subagent, or each request, as a trace of its own. */
export function isSubagentTrace({
  turns,
  facts,
}: {
  readonly turns: Timeline["turns"];
  readonly facts: TraceFacts;
}): boolean {
  return (
    (turns.length > 0 && turns.every(({ kind }) => kind === "subagent")) ||
    (facts.traceName !== null && isSubagentTraceName(facts.traceName)) ||
    isAside(facts.askers)
  );
}

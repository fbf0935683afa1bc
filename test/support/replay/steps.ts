import type { AnswerBlock, Helpers } from "../claude/answer.ts";
import type { ModelRequest, ToolOutcome } from "../claude/request.ts";
import type { Script } from "../claude/stand-in.ts";

/** What a model does in one message. */
export type Step = (ask: Helpers) => AnswerBlock[];

/** A model that takes its steps one after the other, whatever comes back, then says its last words, again and again. */
export function inSteps(steps: readonly Step[], last: string): Script {
  let at = 0;
  return (request, ask) => {
    if (request.kind === "aux" || request.agentId !== null) return "the heron";
    at += 1;
    return steps[at - 1]?.(ask) ?? last;
  };
}

export function read(ask: Helpers, path: string): AnswerBlock {
  return ask.tool("Read", { file_path: path });
}

/** The edit that the tests' plans are about: it puts PLAN into a file's first heading. */
export function edit(ask: Helpers, path: string): AnswerBlock {
  return ask.tool("Edit", { file_path: path, old_string: "# ", new_string: "# PLAN " });
}

/** What the model was told of its calls, in their order. */
export function toolOutcomes(requests: readonly ModelRequest[]): readonly ToolOutcome[] {
  return requests.flatMap(({ toolResults }) => toolResults);
}

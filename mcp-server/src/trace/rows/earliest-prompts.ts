import type { Prompt } from "./prompt.ts";

/** A prompt that a row shows, and where it stands: the earliest that survives cleaning is the goal. */
export type PromptCandidate = { readonly start: number; readonly id: string; readonly prompt: Prompt };

/** So many of a trace's prompts are kept: those before the goal are system text or notices. */
export const MAX_PROMPTS = 20;

/** The earliest prompts, each once, in an order that depends on them alone. */
export function earliest(prompts: readonly PromptCandidate[]): PromptCandidate[] {
  const keyed = new Map(prompts.map((candidate) => [keyOf(candidate), candidate]));
  const order = ([a, left]: [string, PromptCandidate], [b, right]: [string, PromptCandidate]): number =>
    left.start - right.start || (a < b ? -1 : 1);
  return [...keyed]
    .sort(order)
    .slice(0, MAX_PROMPTS)
    .map(([, candidate]) => candidate);
}

function keyOf({ start, id, prompt }: PromptCandidate): string {
  return `${id}\n${start}\n${prompt.kind}\n${prompt.text ?? ""}`;
}

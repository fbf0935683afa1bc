import { z } from "zod";

/** A tool call of the main agent and what came of it, in the order of the results. */
export type Step = {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly isError: boolean;
};

const Text = z.looseObject({ type: z.literal("text"), text: z.string() });
const Use = z.looseObject({
  type: z.literal("tool_use"),
  id: z.string(),
  name: z.string(),
  input: z.record(z.string(), z.unknown()),
});
const Result = z.looseObject({
  type: z.literal("tool_result"),
  tool_use_id: z.string(),
  content: z.union([z.string(), z.array(z.looseObject({ type: z.string() }))]),
  is_error: z.boolean().default(false),
});
const Event = z.looseObject({
  type: z.enum(["assistant", "user"]),
  parent_tool_use_id: z.null(),
  message: z.looseObject({ content: z.array(z.unknown()) }),
});

/** Reads the lines of `--output-format stream-json` as they come and tells of each finished tool call of the main agent. */
export function followSteps(onStep: (step: Step) => void): (line: string) => void {
  const calls = new Map<string, z.infer<typeof Use>>();
  return (line) => {
    for (const block of parseEvent(line)) {
      const use = Use.safeParse(block).data;
      if (use !== undefined) calls.set(use.id, use);
      const result = Result.safeParse(block).data;
      const call = calls.get(result?.tool_use_id ?? "");
      if (result === undefined || call === undefined) continue;
      onStep({ name: call.name, input: call.input, text: toText(result.content), isError: result.is_error });
    }
  };
}

function parseEvent(line: string): readonly unknown[] {
  try {
    return Event.safeParse(JSON.parse(line)).data?.message.content ?? [];
  } catch {
    // Not JSON: what a crash prints.
    return [];
  }
}

function toText(content: z.infer<typeof Result>["content"]): string {
  if (typeof content === "string") return content;
  return content.flatMap((block) => Text.safeParse(block).data?.text ?? []).join("\n");
}

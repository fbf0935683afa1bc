import { type LegacyTrace, parseLegacyTrace } from "../langfuse/stand-in.ts";
import { isObject } from "../langfuse/store.ts";

/** What a summary may hold by contract: project-relative paths, names of tools and agents, ids; and what is no text. */
const KEPT = /(?:^|[._])(?:path|name|safe|id|type|role|status|sequence|source|version|reason|decision|speed|effort)$/u;
const isProse = (text: string): boolean => /[a-z]/iu.test(text) && !/^(?:true|false|null)$/u.test(text);

/** A copy of the trace with canaries in it, and how many there are. */
export type Planted = { readonly trace: LegacyTrace; readonly count: number };

/**
 * Marks each text in input, output and metadata of the trace and of every observation, and the status messages, with a
 * canary of its own, `canary<n>bird`, and adds one to every metadata. Texts that hold the goal are marked in a system
 * reminder, which is no part of it.
 */
export function plantCanaries(trace: LegacyTrace, goal: string): Planted {
  let count = 0;
  const next = (): string => `canary${(count += 1)}bird`;
  const mark = (text: string, key: string): string => {
    if (KEPT.test(key) || !isProse(text)) return text;
    if (text.trim() === goal) return text;
    return text.includes(goal) ? `<system-reminder>${next()}</system-reminder>\n${text}` : `${text} ${next()}`;
  };
  const walk = (value: unknown, key: string): unknown => {
    if (typeof value === "string") return mark(value, key);
    if (Array.isArray(value)) return value.map((item: unknown) => walk(item, key));
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, walk(item, name)]));
  };
  const plant = (node: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => ({
    ...node,
    input: walk(node["input"], ""),
    output: walk(node["output"], ""),
    statusMessage: walk(node["statusMessage"], ""),
    metadata: { ...asRecord(walk(node["metadata"], "")), remark: `a remark ${next()}` },
  });
  const planted = { ...plant(trace), observations: trace.observations.map(plant) };
  return { trace: parseLegacyTrace(JSON.stringify(planted)), count };
}

/** The canaries in a text. */
export function canariesIn(text: string): readonly string[] {
  return text.match(/canary\d+bird/gu) ?? [];
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

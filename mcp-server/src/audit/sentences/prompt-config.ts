import { isRecord } from "../../trace/values/json.ts";

/** Keys whose value is a text for a model, in any spelling: `system_prompt`, `userMessage`. */
const TEXT_KEY =
  /(?:prompt|system|instructions?|messages?|content|text|description|guidelines?|persona|preamble|goal|constraints?|notes?|rules?|examples?|title)$/iu;
/** What a template engine would compute. */
const COMPUTED = /\{\{|\{%|\$\{|\$\(|<%|\u0060|#\{/u;
/** What stands before a key, whose length is the column that a block of it has to be indented beyond, and the key. */
const NAME = String.raw`(\s*(?:- +)*)(["']?)([\w-]+)\2`;
const BLOCK_SCALAR = new RegExp(String.raw`^${NAME}: +[|>][+-]?$`, "u");
const SCALAR = new RegExp(String.raw`^${NAME}: +([\p{L}\p{N}"'](?:(?!:\s|\s#)[^{}[\]&*|>%@\u0060\\])*)$`, "u");

/**
 * Why a change of a configuration file is more than a change of its texts, or null: only values of keys that name a text for
 * a model may differ. `before` is null for a file that does not exist.
 */
export function judgeConfig(path: string, before: string | null, after: string): string | null {
  if (before === null) return "a new configuration file can be read by any program, so only a human adds one";
  const isJson = /\.json$/iu.test(path);
  const [old, now] = [before, after].map((text) => (isJson ? jsonSkeleton(text) : yamlSkeleton(text)));
  if (old === null || now === null || old === undefined || now === undefined)
    return "its form cannot be read, so nobody can tell what a change of it does";
  if (old !== now)
    return "more than its texts would change; only values of keys such as prompt, system, instructions or content may";
  const added = after.split("\n").filter((line) => !before.includes(line));
  return added.some((line) => COMPUTED.test(line))
    ? "the change holds an expression that a template engine computes"
    : null;
}

function jsonSkeleton(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/u, ""));
    // A key that stands there twice is read in two ways, and JSON.parse shows one of them.
    const keys = text.match(/"(?:[^"\\]|\\.)*"(?:\s*:)?/gu)?.filter((token) => token.endsWith(":")).length ?? 0;
    return `${keys} ${JSON.stringify(hollow(value, false))}`;
  } catch {
    return null;
  }
}

/** The value with the texts taken out. */
function hollow(value: unknown, isText: boolean): unknown {
  if (typeof value === "string") return isText ? "" : value;
  if (Array.isArray(value)) return value.map((one) => hollow(one, isText));
  if (!isRecord(value)) return value;
  return Object.entries(value).map(([key, one]) => [key, hollow(one, TEXT_KEY.test(key))]);
}

/** The lines with the texts taken out: block scalars and plain or quoted values of one line. */
function yamlSkeleton(text: string): string {
  let inside: number | null = null;
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const kept = lines.flatMap((line): readonly string[] => {
    const indent = line.length - line.trimStart().length;
    if (inside !== null && (line.trim() === "" || indent > inside)) return [];
    inside = null;
    const block = BLOCK_SCALAR.exec(line);
    if (block !== null && TEXT_KEY.test(block[3] ?? "")) {
      inside = block[1]?.length ?? 0;
      return [line];
    }
    const [, space = "", , key = "", value = ""] = SCALAR.exec(line) ?? [];
    const isQuoted = /^["']/u.test(value);
    const isWhole =
      !isQuoted || (value.length > 1 && value.at(-1) === value[0] && !value.slice(1, -1).includes(value[0] ?? ""));
    return key !== "" && TEXT_KEY.test(key) && isWhole ? [`${space}${key}:`] : [line];
  });
  return kept.join("\n");
}

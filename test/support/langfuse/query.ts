import { type Generation, internalError, invalidData, invalidRequest, Refusal } from "./answers.ts";
import { isObject, textOf } from "./store.ts";

const datetime =
  /^(?:(?:\d\d[2468][048]|\d\d[13579][26]|\d\d0[48]|[02468][048]00|[13579][26]00)-02-29|\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|(?:02)-(?:0[1-9]|1\d|2[0-8])))T(?:(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:Z|([+-](?:[01]\d|2[0-3]):[0-5]\d)))$/;

const isOld = (generation: Generation): boolean => generation === "v2.95";

function tooBig(generation: Generation, name: string, maximum: number): Refusal {
  const issue = isOld(generation)
    ? {
        code: "too_big",
        maximum,
        type: "number",
        inclusive: true,
        exact: false,
        message: `Number must be less than or equal to ${maximum}`,
        path: [name],
      }
    : {
        origin: "number",
        code: "too_big",
        maximum,
        inclusive: true,
        path: [name],
        message: `Too big: expected number to be <=${maximum}`,
      };
  return new Refusal(invalidData(issue));
}

function tooSmall(name: string, minimum: number, inclusive: boolean): Refusal {
  const message = `Too small: expected number to be >${inclusive ? "=" : ""}${minimum}`;
  return new Refusal(invalidData({ origin: "number", code: "too_small", minimum, inclusive, path: [name], message }));
}

function parseNumber(query: URLSearchParams, name: string, otherwise: number): number {
  const text = query.get(name);
  if (text === null || text === "") return otherwise;
  const value = Number(text);
  if (Number.isInteger(value)) return value;
  throw new Refusal(
    invalidData({
      expected: "number",
      code: "invalid_type",
      received: "NaN",
      path: [name],
      message: "Invalid input: expected number, received NaN",
    }),
  );
}

/** The `limit` parameter, 50 when absent; above `maximum` it is refused. */
export function parseLimit(query: URLSearchParams, generation: Generation, maximum: number): number {
  const limit = parseNumber(query, "limit", 50);
  if (limit > maximum) throw tooBig(generation, "limit", maximum);
  if (limit < 1 && !isOld(generation)) throw tooSmall("limit", 1, true);
  return limit;
}

/** The 1-based `page` parameter. */
export function parsePage(query: URLSearchParams, generation: Generation): number {
  const page = parseNumber(query, "page", 1);
  if (page > 0) return page;
  if (isOld(generation)) throw new Refusal(internalError("An unknown error occurred"));
  throw tooSmall("page", 0, false);
}

/** A time parameter as epoch milliseconds, or undefined when absent. */
export function parseTime(query: URLSearchParams, generation: Generation, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (datetime.test(text)) return Date.parse(text);
  const issue = isOld(generation)
    ? {
        code: "invalid_string",
        validation: "datetime",
        message: "Invalid datetime",
        path: [name],
      }
    : {
        origin: "string",
        code: "invalid_format",
        format: "datetime",
        pattern: `/${datetime.source}/`,
        path: [name],
        message: "Invalid ISO datetime",
      };
  throw new Refusal(invalidData(issue));
}

/** Whether a start (epoch milliseconds) lies in the half-open window [from, to). */
export const inWindow = (start: number, from: number | undefined, to: number | undefined): boolean =>
  (from === undefined || start >= from) && (to === undefined || start < to);

/** One page of `items` in the legacy routes' envelope. */
export function toPage<T>(items: readonly T[], page: number, limit: number, toRow: (item: T) => unknown): unknown {
  const first = (page - 1) * limit;
  // 2.x divides by a limit of 0, which JSON shows as null
  const totalPages = limit === 0 ? null : Math.ceil(items.length / limit);
  return {
    data: items.slice(first, first + limit).map(toRow),
    meta: { page, limit, totalItems: items.length, totalPages },
  };
}

/** Whether every simple parameter of `columns` that is given equals its column. */
export function matchesParameters(query: URLSearchParams, columns: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(columns).every(([name, value]) => {
    const wanted = query.getAll(name);
    return wanted.length === 0 || wanted.includes(String(value));
  });
}

/** The `filter` parameter: a JSON array of conditions. */
export function parseFilter(query: URLSearchParams): readonly Readonly<Record<string, unknown>>[] {
  const text = query.get("filter");
  if (text === null || text === "") return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal(invalidRequest("Invalid JSON in filter parameter"));
  }
  if (Array.isArray(value) && value.every(isObject)) return value;
  throw new Refusal(
    invalidData({
      code: "invalid_type",
      expected: "array",
      path: ["filter"],
      message: "Invalid input: expected array",
    }),
  );
}

export const parseOrder = (query: URLSearchParams, generation: Generation): "asc" | "desc" => {
  const [column, direction] = (query.get("orderBy") ?? "timestamp.desc").split(".");
  if (column === "timestamp") return direction === "asc" ? "asc" : "desc";
  throw new Refusal(
    isOld(generation)
      ? internalError(`Invalid filter column: ${column}`)
      : invalidRequest(`Invalid order by column: ${column}`),
  );
};

/** The names of a comma-separated parameter, or undefined when it is absent or empty. */
export function parseNames(query: URLSearchParams, name: string): readonly string[] | undefined {
  const names = (textOf(query.get(name)) ?? "").split(",").filter((part) => part !== "");
  return names.length === 0 ? undefined : names;
}

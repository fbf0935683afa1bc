import { invalidRequest, Refusal } from "./answers.ts";
import { asObject, type JsonObject } from "./store.ts";

/**
 * Whether a row meets every condition of `filter`. `columnOf` gives a column's value, or undefined for a column
 * that the route does not know. A condition that the stand-in cannot judge is refused, never ignored.
 */
export function matchesFilter(filter: readonly JsonObject[], columnOf: (column: string) => unknown): boolean {
  return filter.every((condition) => {
    const column = String(condition.column);
    const value = columnOf(column);
    if (value === undefined) {
      throw new Refusal(invalidRequest(`Invalid filter column: ${column}`));
    }
    return matches(condition, value);
  });
}

const comparable = (value: unknown): string => {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
};

function matches(condition: JsonObject, value: unknown): boolean {
  switch (condition.type) {
    case "string":
      return matchesText(condition, comparable(value));
    case "stringObject":
      return matchesText(condition, comparable(asObject(value)[String(condition.key)]));
    case "datetime":
      return matchesOrder(condition, Date.parse(comparable(value)), Date.parse(comparable(condition.value)));
    case "number":
      return matchesOrder(condition, Number(value), Number(condition.value));
    case "boolean":
      return (value === condition.value) === (condition.operator === "=");
    case "null":
      return (value === null || value === "") === (condition.operator === "is null");
    case "stringOptions":
    case "arrayOptions":
      return matchesOptions(condition, Array.isArray(value) ? value : [value]);
    default:
      throw unknownCondition(condition);
  }
}

function matchesText(condition: JsonObject, text: string): boolean {
  const wanted = comparable(condition.value);
  switch (condition.operator) {
    case "=":
      return text === wanted;
    case "contains":
      return text.includes(wanted);
    case "does not contain":
      return !text.includes(wanted);
    case "starts with":
      return text.startsWith(wanted);
    case "ends with":
      return text.endsWith(wanted);
    default:
      throw unknownCondition(condition);
  }
}

function matchesOrder(condition: JsonObject, value: number, wanted: number): boolean {
  switch (condition.operator) {
    case "=":
      return value === wanted;
    case "<":
      return value < wanted;
    case "<=":
      return value <= wanted;
    case ">":
      return value > wanted;
    case ">=":
      return value >= wanted;
    default:
      throw unknownCondition(condition);
  }
}

function matchesOptions(condition: JsonObject, values: readonly unknown[]): boolean {
  const wanted: readonly unknown[] = Array.isArray(condition.value) ? condition.value : [];
  switch (condition.operator) {
    case "any of":
      return wanted.some((option) => values.includes(option));
    case "none of":
      return !wanted.some((option) => values.includes(option));
    case "all of":
      return wanted.every((option) => values.includes(option));
    default:
      throw unknownCondition(condition);
  }
}

const unknownCondition = (condition: JsonObject): Refusal =>
  new Refusal(invalidRequest(`the stand-in has no filter ${JSON.stringify(condition)}`));

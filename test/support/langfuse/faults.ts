import { expect } from "vitest";
import type { FakeRequest, Fault } from "./stand-in.ts";
import { KEYS } from "../mcp/client.ts";

/** In every faulty body, so that none of them can get into an error unseen. */
export const MARK = "body-mark-51c";

/** The two read APIs: the generation that has only this one, and the requests that are its reads. */
export const apis = [
  {
    name: "v2/observations",
    generation: "v4-events-only",
    isRead: ({ path, query }: FakeRequest) => path.endsWith("/v2/observations") && !query.has("sessionId"),
  },
  {
    name: "legacy",
    generation: "v3",
    isRead: ({ path, query }: FakeRequest) =>
      /\/traces(?:\/|$)|\/public\/observations$/u.test(path) && !query.has("sessionId"),
  },
] as const;

/** The text is one error for a human: what failed, why, what to do; and holds no secret. */
export function expectClear(said: string): void {
  expect(said.split(/(?<=\.)\s+(?=[A-Z`])/u), said).toHaveLength(3);
  expect(said).toMatch(/^[^\n]{40,900}\.$/u);
  for (const secret of [
    KEYS.LANGFUSE_PUBLIC_KEY,
    KEYS.LANGFUSE_SECRET_KEY,
    "sk-",
    "Basic ",
    "Authorization",
    MARK,
    "undefined",
    "[object",
  ])
    expect(said).not.toContain(secret);
}

/** A 200 with a JSON body. */
export const json = (body: unknown): Fault => ({ body: JSON.stringify(body), contentType: "application/json" });
/** An error body as Langfuse sends it. */
export const message = (text: string, error = "Error"): object => ({ message: `${text} ${MARK}`, error });

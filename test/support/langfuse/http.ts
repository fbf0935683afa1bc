import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { type Answer, type Generation, jsonType, rateLimited } from "./answers.ts";

/** One request as the stand-in's log keeps it. */
export interface FakeRequest {
  readonly method: string;
  /** as it arrived, with the base path, without the query */
  readonly path: string;
  readonly query: URLSearchParams;
  /** what was answered; 0 while there is no answer, and for good after a reset or a hang */
  readonly status: number;
  /** whether the right keys came with it */
  readonly authorized: boolean;
}

/** How a request goes wrong. A body with a content type is sent with status 200. */
export type Fault =
  | {
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly body: string; readonly contentType: string }
  | { readonly delayMs: number }
  /** the answer byte by byte, which never goes quiet and takes for ever */
  | { readonly trickleMs: number }
  | "reset"
  | "hang"
  | "half-body";

/** An answer, or what happens to the connection instead. */
export type Outcome =
  | Answer
  | "reset"
  | "hang"
  | { readonly half: Answer }
  | { readonly trickle: Answer; readonly everyMs: number };

/** Applies a fault; `answer` is what the server would have said. */
export async function applyFault(fault: Fault | undefined, answer: () => Answer): Promise<Outcome> {
  if (fault === undefined) return answer();
  if (fault === "half-body") return { half: answer() };
  if (typeof fault === "string") return fault;
  if ("delayMs" in fault) {
    await pause(fault.delayMs);
    return answer();
  }
  if ("trickleMs" in fault) return { trickle: answer(), everyMs: fault.trickleMs };
  if ("contentType" in fault) return { status: 200, ...fault };
  return { body: "", ...fault };
}

/** Waits without keeping the process alive. */
export const pause = async (ms: number): Promise<void> => {
  if (ms > 0) await wait(ms, undefined, { ref: false });
};

/** Sends the outcome and returns the status sent, 0 for none. */
export function sendOutcome(outcome: Outcome, response: ServerResponse): number {
  if (outcome === "hang") return 0;
  if (outcome === "reset") {
    response.destroy();
    return 0;
  }
  const answer = "half" in outcome ? outcome.half : "trickle" in outcome ? outcome.trickle : outcome;
  const isText = typeof answer.body === "string";
  const text = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body);
  const bytes = Buffer.from(text);
  response.writeHead(answer.status, {
    "content-type": answer.contentType ?? (isText ? "text/plain" : jsonType),
    "content-length": bytes.byteLength,
    ...answer.headers,
  });
  if ("half" in outcome) {
    response.write(bytes.subarray(0, bytes.byteLength >>> 1), () => response.destroy());
  } else if ("trickle" in outcome) trickle(bytes, outcome.everyMs, response);
  else response.end(bytes);
  return answer.status;
}

function trickle(bytes: Uint8Array, everyMs: number, response: ServerResponse): void {
  let at = 0;
  const timer = setInterval(() => {
    response.write(bytes.subarray(at, at + 1));
    at += 1;
    if (at === bytes.byteLength) response.end();
  }, everyMs).unref();
  response.on("close", () => clearInterval(timer));
}

export interface Keys {
  readonly publicKey: string;
  readonly secretKey: string;
}

/** Judges the Authorization header; from 3.x on the secret key alone decides. */
export function checkKeys(request: IncomingMessage, keys: Keys, generation: Generation): "right" | "wrong" | "missing" {
  const header = request.headers.authorization;
  if (header === undefined) return "missing";
  const [scheme, encoded = ""] = header.split(" ");
  const [publicKey, ...rest] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  const isPublicRight = generation !== "v2.95" || publicKey === keys.publicKey;
  const isRight = scheme === "Basic" && isPublicRight && rest.join(":") === keys.secretKey;
  return isRight ? "right" : "wrong";
}

export interface RateLimit {
  readonly requests: number;
  readonly windowSeconds: number;
}

/** Counts in fixed windows that start with the first request; returns the 429 once a window is full. */
export function createLimiter(limit: RateLimit | undefined): () => Answer | undefined {
  let resetMs = 0;
  let used = 0;
  return () => {
    if (limit === undefined) return undefined;
    if (Date.now() >= resetMs) {
      resetMs = Date.now() + limit.windowSeconds * 1000;
      used = 0;
    }
    used += 1;
    return used > limit.requests ? rateLimited(limit.requests, resetMs) : undefined;
  };
}

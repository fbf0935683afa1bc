/** `v3` is late 3.x (`v2/observations` answers 404), `v3.150` the versions before that answer 501. */
export type Generation = "v2.95" | "v3" | "v3.150" | "v4-dual" | "v4-events-only";

/** What a route answers: an object body is sent as JSON, a string body as it is. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown by parameter checks; the server sends `answer`. */
export class Refusal extends Error {
  readonly answer: Answer;
  constructor(answer: Answer) {
    super(`refused with ${answer.status}`);
    this.answer = answer;
  }
}

/** The version that `/health` names. */
export const versions = {
  "v2.95": "2.95.12",
  v3: "3.225.4",
  "v3.150": "3.150.0",
  "v4-dual": "4.16.0",
  "v4-events-only": "4.16.0",
} as const satisfies Record<Generation, string>;

export const jsonType = "application/json; charset=utf-8";

export const ok = (body: unknown): Answer => ({ status: 200, body });

/** The page that a route unknown to the server gets. */
export function notFoundPage(generation: Generation): Answer {
  const mark = generation === "v2.95" ? "" : ' data-next-head=""';
  const body =
    `<!DOCTYPE html><html lang="en"><head><meta charSet="utf-8"${mark}/>` +
    `<meta name="viewport" content="width=device-width"${mark}/>` +
    `<title${mark}>404: This page could not be found</title></head>` +
    "<body><h1>404</h1><h2>This page could not be found.</h2></body></html>";
  return { status: 404, body, contentType: "text/html; charset=utf-8" };
}

const error = (status: number, name: string, message: string): Answer => ({
  status,
  body: { message, error: name },
});

export const invalidRequest = (message: string): Answer => error(400, "InvalidRequestError", message);

/** 400 with zod issues, in the wording of zod 3 (2.x servers) or zod 4. */
export const invalidData = (issue: Readonly<Record<string, unknown>>): Answer => ({
  status: 400,
  body: { message: "Invalid request data", error: [issue] },
});

export const internalError = (detail: string): Answer => ({
  status: 500,
  body: { message: "Internal Server Error", error: detail },
});

export const noAuthorization: Answer = {
  status: 401,
  body: { message: "No authorization header" },
};

export const invalidCredentials: Answer = {
  status: 401,
  body: {
    message: "Invalid credentials. Confirm that you've configured the correct host.",
  },
};

export const eventsOnly: Answer = {
  status: 404,
  body: {
    message:
      "This endpoint is not available on deployments running in Langfuse v4 events_only mode. Learn more about Langfuse v4 at: https://langfuse.com/docs/v4",
  },
};

export const methodNotAllowed: Answer = {
  status: 405,
  body: { message: "Method not allowed" },
};

/** What closes `v2/observations` on 3.x, or undefined where the route is open. */
export function v2Gate(generation: Generation): Answer | undefined {
  if (generation === "v3") {
    return error(
      404,
      "LangfuseNotFoundError",
      "The observations v2 API is only available in a Langfuse v4 write mode. Learn more at: https://langfuse.com/docs/v4",
    );
  }
  if (generation === "v3.150") {
    return error(501, "NotImplementedError", "v2 APIs are currently in beta and only available on Langfuse Cloud");
  }
  return undefined;
}

export function traceNotFound(generation: Generation, id: string): Answer {
  const name = generation === "v2.95" ? "Trace" : `Trace ${id}`;
  return error(404, "LangfuseNotFoundError", `${name} not found within authorized project`);
}

/** 429 as Langfuse Cloud sends it; `resetMs` is an epoch time in milliseconds. */
export function rateLimited(limit: number, resetMs: number): Answer {
  const retryAfterSeconds = Math.max(1, Math.ceil((resetMs - Date.now()) / 1000));
  const resetAt = new Date(resetMs);
  return {
    status: 429,
    body: {
      message: "Rate limit exceeded",
      code: "rate_limited",
      details: { retryAfterSeconds, limit, remaining: 0, resetAt: resetAt.toISOString() },
    },
    headers: {
      "retry-after": String(retryAfterSeconds),
      "x-ratelimit-limit": String(limit),
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": resetAt.toString(),
    },
  };
}

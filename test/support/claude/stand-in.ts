import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { type Answer, estimateTokens, helpers, type Helpers, toEventStream, toMessage } from "./answer.ts";
import { type ModelRequest, parseModelRequest } from "./request.ts";

/** The only credential the stand-in accepts, so that a real one that leaks fails the run. */
export const dummyKey = "sk-ant-stand-in-dummy-key";

/** Decides what the model says. A throw becomes an API error and is kept in `failures`. */
export type Script = (request: ModelRequest, ask: Helpers) => Answer | Promise<Answer>;

/** One HTTP request as it came in, and what was answered; `status` is null until then. */
export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  body: unknown;
  status: number | null;
  model: ModelRequest | null;
  answer: Answer | null;
}

export interface FakeAnthropic {
  readonly url: string;
  readonly requests: readonly LoggedRequest[];
  readonly failures: readonly unknown[];
  close(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly type?: string;
  readonly body: string;
}

/**
 * Starts a stand-in for the Anthropic Messages API on a free loopback port.
 * It is also a proxy that logs and refuses every CONNECT, so whoever is given it as
 * HTTPS_PROXY cannot leave the machine unseen.
 */
export async function startFakeAnthropic(options: {
  script: Script;
  onRequest?: (request: LoggedRequest) => void;
}): Promise<FakeAnthropic> {
  const requests: LoggedRequest[] = [];
  const failures: unknown[] = [];
  const closing = new AbortController();
  let count = 0;

  const log = (request: IncomingMessage): LoggedRequest => {
    const entry: LoggedRequest = {
      method: request.method ?? "",
      path: (request.url ?? "").replace(/\?.*$/, ""),
      headers: withoutCredentials(request.headers),
      body: null,
      status: null,
      model: null,
      answer: null,
    };
    requests.push(entry);
    return entry;
  };

  const runScript = async (model: ModelRequest): Promise<Answer> => {
    try {
      return await options.script(model, helpers);
    } catch (error) {
      failures.push(error);
      return helpers.refuse(`The script failed on model request ${model.n}: ${String(error)}`);
    }
  };

  const answerModel = async (entry: LoggedRequest): Promise<Reply> => {
    const agentId = entry.headers["x-claude-code-agent-id"];
    count += 1;
    const model = parseModelRequest(entry.body, count, agentId ? String(agentId) : null);
    entry.model = model;
    const answer = await runScript(model);
    entry.answer = answer;
    const isPlain = typeof answer === "string" || Array.isArray(answer);
    const { delayMs = 0, ...scripted } = isPlain ? { content: answer } : answer;
    await sleep(delayMs, undefined, { signal: closing.signal });
    if ("error" in scripted) {
      const { status, type, message } = scripted.error;
      return apiError(status, type, message);
    }
    const { system, messages, tools } = model.body;
    const inputTokens = estimateTokens([system, messages, tools]);
    const message = toMessage(scripted.content, model.model, inputTokens);
    return model.body.stream
      ? { status: 200, type: "text/event-stream", body: toEventStream(message) }
      : json(200, message);
  };

  const route = async (entry: LoggedRequest, isAuthorized: boolean): Promise<Reply> => {
    const { method, path } = entry;
    if (path === "/" && (method === "HEAD" || method === "GET")) return json(200, {});
    if (path === "/v1/models" && method === "GET") {
      return json(200, { data: [], has_more: false, first_id: null, last_id: null });
    }
    if (method !== "POST" || !["/v1/messages", "/v1/messages/count_tokens"].includes(path)) {
      return apiError(404, "not_found_error", `The stand-in has no ${method} ${path}.`);
    }
    if (!isAuthorized) {
      failures.push(new Error("A credential other than the dummy key reached the stand-in."));
      return apiError(401, "authentication_error", "Only the dummy key is accepted.");
    }
    if (path === "/v1/messages") return answerModel(entry);
    return json(200, { input_tokens: estimateTokens(entry.body) });
  };

  const serve = async (request: IncomingMessage): Promise<Reply> => {
    const entry = log(request);
    const { authorization, "x-api-key": key } = request.headers;
    const raw = await text(request);
    let reply: Reply;
    try {
      entry.body = raw === "" ? null : JSON.parse(raw);
      reply = await route(entry, authorization === undefined && key === dummyKey);
    } catch (error) {
      if (!closing.signal.aborted) failures.push(error);
      reply = apiError(400, "invalid_request_error", String(error));
    }
    entry.status = reply.status;
    options.onRequest?.(entry);
    return reply;
  };

  const server = createServer((request, response) => {
    void serve(request).then(
      ({ status, type = "application/json", body }) => response.writeHead(status, { "content-type": type }).end(body),
      () => response.destroy(),
    );
  });
  server.on("connect", (request, socket) => {
    const entry = log(request);
    entry.status = 403;
    options.onRequest?.(entry);
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("No port was bound.");

  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    failures,
    close: async () => {
      closing.abort();
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function withoutCredentials(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const secrets = ["authorization", "x-api-key", "proxy-authorization", "cookie"];
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !secrets.includes(name)));
}

function json(status: number, value: unknown): Reply {
  return { status, body: JSON.stringify(value) };
}

function apiError(status: number, type: string, message: string): Reply {
  return json(status, { type: "error", error: { type, message } });
}

import { createServer, type IncomingMessage } from "node:http";
import { type Generation, internalError, Refusal } from "./answers.ts";
import {
  applyFault,
  checkKeys,
  createLimiter,
  type FakeRequest,
  type Fault,
  type Keys,
  pause,
  type RateLimit,
  sendOutcome,
} from "./http.ts";
import { createRoutes } from "./routes.ts";
import { createStore, type LegacyTrace } from "./store.ts";

export type { Generation } from "./answers.ts";
export type { FakeRequest, Fault } from "./http.ts";
export { type LegacyTrace, parseLegacyTrace } from "./store.ts";

export interface FakeLangfuseOptions extends Partial<Keys> {
  readonly generation: Generation;
  readonly traces: readonly LegacyTrace[];
  /** such as "/langfuse" */
  readonly basePath?: string;
  readonly projectId?: string;
  /** added to each answer */
  readonly latencyMs?: number;
  /** counts requests with the right keys, except `/health` */
  readonly rateLimit?: RateLimit;
  /** asked as each request arrives; undefined lets it through */
  readonly fault?: (request: FakeRequest) => Fault | undefined;
  /** trace ids that `v2/observations` does not show yet; read anew for each request */
  readonly lateInV2?: ReadonlySet<string>;
  /** the same of single rows, by their ids */
  readonly lateRows?: ReadonlySet<string>;
  /** trace ids whose rows carry no root mark, as of an older SDK: only one without a parent is a root */
  readonly withoutRootMark?: ReadonlySet<string>;
  /** v4-dual: trace ids with an added root row `t-<id>` that never ends, and nested text metadata */
  readonly syntheticRoot?: ReadonlySet<string>;
}

export interface FakeLangfuse {
  /** base URL with the base path, without a trailing slash */
  readonly url: string;
  /** every request so far, in the order of arrival */
  readonly requests: readonly FakeRequest[];
  /** the highest number of requests in flight at once */
  readonly maxConcurrent: number;
  addTrace(trace: LegacyTrace): void;
  /** `trace` must be a new object: answers are kept per object */
  replaceTrace(trace: LegacyTrace): void;
  removeTrace(id: string): void;
  /** drops open connections too */
  close(): Promise<void>;
}

/** Starts a stand-in for a Langfuse server on 127.0.0.1, on a free port. */
export async function startFakeLangfuse(options: FakeLangfuseOptions): Promise<FakeLangfuse> {
  const { generation, basePath = "", latencyMs = 0 } = options;
  const { publicKey = "pk-lf-test", secretKey = "sk-lf-test", projectId = "proj1" } = options;
  const { lateInV2 = none, lateRows = none, withoutRootMark = none, syntheticRoot = none } = options;
  const store = createStore(options.traces);
  const route = createRoutes(
    store,
    { generation, projectId, lateInV2, lateRows, withoutRootMark, syntheticRoot },
    createLimiter(options.rateLimit),
  );
  const requests: FakeRequest[] = [];
  let inFlight = 0;
  let maxConcurrent = 0;

  const server = createServer((message, response) => {
    inFlight += 1;
    maxConcurrent = Math.max(maxConcurrent, inFlight);
    response.on("close", () => {
      inFlight -= 1;
    });
    const [path = "", search] = (message.url ?? "").split("?", 2);
    const keys = checkKeys(message, { publicKey, secretKey }, generation);
    const { method = "GET" } = message;
    const query = new URLSearchParams(search);
    const entry = { method, path, query, status: 0, authorized: keys === "right" };
    requests.push(entry);
    const fault = options.fault?.(entry);

    const answer = async (): Promise<void> => {
      const body = await readBody(message);
      await pause(latencyMs);
      const below = path.startsWith(basePath) ? path.slice(basePath.length) : "";
      const outcome = await applyFault(fault, () => {
        try {
          return route({ method, basePath, path: below, query, body, keys });
        } catch (error) {
          return error instanceof Refusal ? error.answer : internalError(String(error));
        }
      });
      entry.status = sendOutcome(outcome, response);
    };
    // a client that goes away in the middle of its request gets no answer
    answer().catch(() => response.destroy());
  });

  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}${basePath}`,
    requests,
    get maxConcurrent() {
      return maxConcurrent;
    },
    addTrace: store.set,
    replaceTrace: store.set,
    removeTrace: store.remove,
    close: async () => {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeAllConnections();
      await closed;
    },
  };
}

const none: ReadonlySet<string> = new Set();

async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of message) {
    if (chunk instanceof Uint8Array) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

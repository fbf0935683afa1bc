import { PassThrough, type Readable, type Writable } from "node:stream";

/**
 * The SDK's own answers to the opening of a session, recorded when the bundle was built (mcp-server/scripts/bundle.ts). Claude Code
 * waits for this server at every start, and loading the SDK takes longer than starting Node; so the opening is answered
 * from the record and the SDK is loaded for the first message that needs it (docs/decisions/recorded-opening.md).
 */
export type Opening = {
  readonly protocolVersions: readonly string[];
  readonly initialize: object;
  readonly toolsList: object;
  /** The error to a method the server does not have, such as the `server/discover` that Claude Code asks first. */
  readonly unknownMethod: object;
};

type Message = { readonly id?: unknown; readonly method?: unknown; readonly params?: unknown };

/**
 * Answers `initialize`, `ping`, `tools/list` and `server/discover` from the record. Resolves with the rest of the input, from the first
 * message on that is none of these; resolves with null when the input ends before.
 */
export function answerOpening(input: Readable, output: Writable, opening: Opening): Promise<Readable | null> {
  return new Promise((resolve) => {
    let pending = Buffer.alloc(0);
    const onData = (chunk: Buffer): void => {
      pending = Buffer.concat([pending, chunk]);
      for (let end = pending.indexOf(10); end !== -1; end = pending.indexOf(10)) {
        const reply = answer(pending.toString("utf8", 0, end), opening);
        if (reply === null) return handOver();
        if (reply !== "") output.write(`${reply}\n`);
        pending = pending.subarray(end + 1);
      }
    };
    const onEnd = (): void => resolve(null);
    const handOver = (): void => {
      input.off("data", onData).off("end", onEnd);
      const rest = new PassThrough();
      rest.write(pending);
      input.pipe(rest);
      resolve(rest);
    };
    input.on("data", onData).on("end", onEnd);
  });
}

/**
 * Answers each tool call with a text as its error, and every other request as an unknown method: what a server says that
 * cannot run here. Ends with the input.
 */
export function refuseCalls(input: Readable, output: Writable, text: string): void {
  let pending = "";
  input.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (pending + chunk).split("\n");
    pending = lines.pop() ?? "";
    for (const line of lines) {
      const { id, method } = parse(line) ?? {};
      if (id === undefined || id === null) continue;
      const answer =
        method === "tools/call"
          ? { result: { content: [{ type: "text", text }], isError: true } }
          : { error: { code: -32601, message: "Method not found" } };
      output.write(`${JSON.stringify({ ...answer, jsonrpc: "2.0", id })}\n`);
    }
  });
}

/** The reply to a line, "" when it wants none, or null when the server has to see it. */
function answer(line: string, opening: Opening): string | null {
  const message = parse(line);
  if (message === null) return null;
  if (message.method === "notifications/initialized") return "";
  if (message.id === undefined || message.id === null) return null;
  const reply = message.method === "server/discover" ? { error: opening.unknownMethod } : toResult(message, opening);
  return reply === null ? null : JSON.stringify({ ...reply, jsonrpc: "2.0", id: message.id });
}

function toResult({ method, params }: Message, opening: Opening): { readonly result: object } | null {
  if (method === "ping") return { result: {} };
  if (method === "tools/list") return { result: opening.toolsList };
  if (method !== "initialize") return null;
  const wanted = toVersion(params);
  // The SDK has its own words for an opening that is not well formed.
  if (wanted === null) return null;
  const known = opening.protocolVersions.find((version) => version === wanted);
  // The record holds the newest version, which is what the SDK answers to one that it does not know.
  return { result: known === undefined ? opening.initialize : { ...opening.initialize, protocolVersion: known } };
}

function toVersion(params: unknown): string | null {
  if (typeof params !== "object" || params === null) return null;
  const { protocolVersion, capabilities, clientInfo }: Partial<Record<string, unknown>> = { ...params };
  const isWhole = typeof capabilities === "object" && typeof clientInfo === "object";
  return typeof protocolVersion === "string" && isWhole ? protocolVersion : null;
}

function parse(line: string): Message | null {
  try {
    const message: unknown = JSON.parse(line);
    return typeof message === "object" && message !== null && !Array.isArray(message) ? message : null;
  } catch {
    return null;
  }
}

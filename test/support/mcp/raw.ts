import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { onProcessEnd } from "../files/cleanup.ts";
import { BUNDLE, type Environment } from "./client.ts";

/** The server as bytes: what a client that is no SDK sends, and the lines that come back. */
export type RawServer = {
  readonly write: (bytes: string | Uint8Array) => void;
  /** Sends a request and waits for the answer that has its id. */
  readonly ask: (id: number | string, method: string, params?: object) => Promise<unknown>;
  /** The answer with an id, whenever it comes. */
  readonly answerTo: (id: number | string) => Promise<unknown>;
  readonly end: () => void;
  readonly kill: () => void;
  /** The exit code, after the process has ended. */
  readonly exited: Promise<number | null>;
  readonly lines: readonly string[];
  readonly stderr: () => string;
};

export function startRawServer(
  env: Environment = {},
  cwd?: string,
  node = process.execPath,
  bundle = BUNDLE,
): RawServer {
  const child = spawn(node, [bundle], { env, stdio: "pipe", ...(cwd === undefined ? {} : { cwd }) });
  const forget = onProcessEnd(() => child.kill("SIGKILL"));
  const lines: string[] = [];
  const errors: string[] = [];
  const arrived = new Map<unknown, unknown>();
  const waiting = new Map<unknown, (answer: unknown) => void>();
  child.stderr.on("data", (chunk: Buffer) => errors.push(chunk.toString("utf8")));
  // A server that was killed or has ended takes no more.
  child.stdin.on("error", () => {});
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(line);
    const answer: { readonly id?: unknown } = JSON.parse(line);
    arrived.set(answer.id, answer);
    waiting.get(answer.id)?.(answer);
  });
  const exited = new Promise<number | null>((resolve) => {
    child.on("close", (code) => {
      forget();
      resolve(code);
    });
  });
  const answerTo = async (id: number | string): Promise<unknown> => {
    if (arrived.has(id)) return arrived.get(id);
    return new Promise((resolve) => waiting.set(id, resolve));
  };
  return {
    write: (bytes) => void child.stdin.write(bytes),
    ask: async (id, method, params) => {
      child.stdin.write(toLine(id, method, params));
      return answerTo(id);
    },
    answerTo,
    end: () => child.stdin.end(),
    kill: () => void child.kill("SIGKILL"),
    exited,
    lines,
    stderr: () => errors.join(""),
  };
}

/** A request as it goes over the wire, with its line end. */
export const toLine = (id: number | string, method: string, params?: object): string =>
  `${JSON.stringify({ jsonrpc: "2.0", id, method, ...(params === undefined ? {} : { params }) })}\n`;

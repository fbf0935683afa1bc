import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { longTrace } from "../langfuse/long-trace.ts";
import { parseLegacyTrace } from "../langfuse/store.ts";
import { toV2Rows } from "../langfuse/v2-rows.ts";
import { BUNDLE, EVERY_PROJECT, KEYS } from "../mcp/client.ts";

/** How long a process took for what it was asked, in milliseconds, and the most memory it had at any time, in MB. */
export type Used = { readonly ms: number; readonly peakMb: number };
/** A long trace as one kind of server sends it, the answers ready to be sent. */
export type Served = {
  readonly url: string;
  readonly env: Readonly<Record<string, string>>;
  readonly traceId: string;
  readonly close: () => Promise<void>;
};

const PAGE = 1000;

/** One answer of `GET /traces/{id}` that holds all rows; `v2/observations` is closed. */
export async function serveWhole(fixture: string, count: number): Promise<Served> {
  const body = longTrace(fixture, count);
  const { id } = parseLegacyTrace(body);
  return serve(id, [Buffer.from(body)], (url) => (url.pathname.includes("/traces/") ? 0 : null));
}

/** Pages of `v2/observations`, `bytes` of text added to each row's output. */
export async function servePages(fixture: string, count: number, bytes: number): Promise<Served> {
  const trace = parseLegacyTrace(longTrace(fixture, count));
  const padding = "lorem ipsum ".repeat(Math.ceil(bytes / 12)).slice(0, bytes);
  const rows = toV2Rows(trace, { projectId: "bench", hasSyntheticRoot: false, hasNoRootMark: false })
    .map((row) => ({ ...row, output: `${typeof row["output"] === "string" ? row["output"] : ""}${padding}` }))
    .toSorted((left, right) => (left.startTime < right.startTime ? 1 : -1));
  const pages: Buffer[] = [];
  for (let at = 0; at < rows.length; at += PAGE) {
    const meta = at + PAGE < rows.length ? { cursor: String(pages.length + 1) } : {};
    pages.push(Buffer.from(JSON.stringify({ data: rows.slice(at, at + PAGE), meta })));
  }
  const isOurs = (url: URL): boolean => url.searchParams.get("traceId") === trace.id;
  return serve(trace.id, pages, (url) => (isOurs(url) ? Number(url.searchParams.get("cursor") ?? 0) : null));
}

/** Answers of a server, picked by what is asked for; anything else is not found. */
export async function serve(
  traceId: string,
  answers: readonly Buffer[],
  pick: (url: URL) => number | null,
): Promise<Served> {
  const server = createServer((request, response) => {
    const at = pick(new URL(request.url ?? "/", "http://bench"));
    const answer = at === null ? null : (answers[at] ?? null);
    response.writeHead(answer === null ? 404 : 200, {
      "content-type": answer === null ? "text/html" : "application/json",
    });
    response.end(answer ?? "<html></html>");
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  };
  const url = `http://127.0.0.1:${port}`;
  return { url, env: { ...KEYS, LANGFUSE_BASE_URL: url }, traceId, close };
}

/** The first call of the bundle's `fetch_trace`, over a pipe as Claude Code makes it; `env` says where the trace is. */
export async function useBundle({ env, traceId }: Pick<Served, "env" | "traceId">): Promise<Used> {
  const program = start([BUNDLE], { ...EVERY_PROJECT, ...env });
  const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "bench", version: "1" } };
  const call = { method: "tools/call", params: { name: "fetch_trace", arguments: { selector: traceId } } };
  await program.ask(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params }));
  const { answer, ms } = await program.ask(JSON.stringify({ jsonrpc: "2.0", id: 2, ...call }));
  if (answer.includes('"isError":true')) throw new Error(`the bundle answered ${answer}`);
  return { ms, peakMb: await program.end() };
}

const PARSE_LINES = `const{readFileSync}=require("node:fs");require("node:readline").createInterface({input:process.stdin}).on("line",file=>{if(file)for(const line of readFileSync(file,"utf8").split("\\n"))if(line)JSON.parse(line);console.log("done")})`;

/** The least that any reader of a file of JSON lines does: parse each. */
export async function useParseOfLines(file: string): Promise<Used> {
  const program = start(["-e", PARSE_LINES], {});
  await program.ask("");
  const { ms } = await program.ask(file);
  return { ms, peakMb: await program.end() };
}

// Answers each line with another one, like the bundle; the first line asks for nothing and waits until it has started.
const PARSE = `require("node:readline").createInterface({input:process.stdin}).on("line",async line=>{if(line)JSON.parse(await(await fetch(line)).text());console.log("done")})`;

/** The least that any reader of one whole answer does: take it from the line and parse it. */
export async function useParse({ url, traceId }: Served): Promise<Used> {
  const program = start(["-e", PARSE], {});
  await program.ask("");
  const { ms } = await program.ask(`${url}/api/public/traces/${traceId}`);
  return { ms, peakMb: await program.end() };
}

// A process inherits its parent's peak on Linux, so the kernel's count of the program's own memory is taken where there is one.
const METER = `import{readFileSync,writeSync}from"node:fs";process.on("exit",()=>{let m=process.resourceUsage().maxRSS;try{m=Number(/VmHWM:\\s+(\\d+)/.exec(readFileSync("/proc/self/status","utf8"))[1])}catch{}writeSync(2,"PEAK "+m/1024+"\\n")})`;

type Program = {
  /** Writes a line; gives the line that comes back, and after how many milliseconds. */
  readonly ask: (line: string) => Promise<{ readonly answer: string; readonly ms: number }>;
  /** Lets it end; gives its peak memory in MB. */
  readonly end: () => Promise<number>;
};

function start(args: readonly string[], env: Record<string, string>): Program {
  const meter = `data:text/javascript,${encodeURIComponent(METER)}`;
  const child = spawn(process.execPath, ["--import", meter, ...args], { env, stdio: ["pipe", "pipe", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  const exited = new Promise<void>((resolve) => {
    child.on("close", () => resolve());
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: async (line) => {
      const begin = performance.now();
      child.stdin.write(`${line}\n`);
      const { value }: { value?: unknown } = await answers.next();
      if (typeof value !== "string") throw new Error(`the process ended without an answer: ${said}`);
      return { answer: value, ms: performance.now() - begin };
    },
    end: async () => {
      child.stdin.end();
      await exited;
      const peak = /^PEAK (\S+)$/mu.exec(said)?.[1];
      if (peak === undefined) throw new Error(`the process ended without its memory: ${said}`);
      return Number(peak);
    },
  };
}

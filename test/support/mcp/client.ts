import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { CallToolResultSchema, type Progress, type Tool } from "@modelcontextprotocol/sdk/types.js";
import { join } from "node:path";
import type { z } from "zod";
import { FetchTraceOutput } from "../../../mcp-server/src/tools/fetch-answer.ts";
import { WriteSummaryOutput } from "../../../mcp-server/src/tools/write-summary.ts";
import { onProcessEnd } from "../files/cleanup.ts";
import { PLUGIN_ROOT } from "../files/plugin-root.ts";
import { temporaryFolder } from "../files/temporary.ts";
import { mayShare } from "../shared-process/run.ts";
import { connectShared } from "./transport.ts";
import { type FakeLangfuse, type FakeLangfuseOptions, startFakeLangfuse } from "../langfuse/stand-in.ts";

/** The committed bundle, which is what a user's Claude Code runs. */
export const BUNDLE = join(PLUGIN_ROOT, "mcp-server/dist/main.mjs");

export type Environment = Readonly<Record<string, string>>;
export type ServerOptions = {
  readonly env: Environment;
  /** The project folder. */
  readonly cwd: string;
  /** Path of the Node to run it with, in a process of its own. */
  readonly node?: string;
};

export type Answer = { readonly isError: boolean; readonly text: string; readonly data: unknown };
export type CallOptions = { readonly signal?: AbortSignal };

type WrittenSummary = Exclude<z.infer<typeof WriteSummaryOutput>["summaries"][number], { readonly error: string }>;

/** The server behind a real MCP client over stdio. The client checks every answer against the tool's output schema. */
export type Server = {
  readonly call: (tool: string, args: Record<string, unknown>, options?: CallOptions) => Promise<Answer>;
  /** The answer of `fetch_trace`; throws what it says when it is an error. */
  readonly fetch: (selector: string) => Promise<z.infer<typeof FetchTraceOutput>>;
  /** What `write_summary` answers to one id; throws what it says when it is an error. */
  readonly write: (traceId: string) => Promise<WrittenSummary>;
  /** The text of the error that a call has to end in. */
  readonly failure: (selector: string) => Promise<string>;
  readonly listTools: () => Promise<readonly Tool[]>;
  /** All progress notifications so far. */
  readonly progress: readonly Progress[];
  readonly client: Client;
  readonly pid: number;
  readonly stderr: () => string;
  readonly close: () => Promise<void>;
};

/** Recorded traces ran in folders of their own (`/home/dev/<project>`), tests run in temporary ones. */
export const EVERY_PROJECT = { TRACE_AUDIT_PROJECTS: "*" } as const;

/** Takes the runs of every project unless `env` sets TRACE_AUDIT_PROJECTS. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const client = new Client({ name: "test", version: "1" });
  const said: string[] = [];
  const pid = await connect(client, options, (text) => said.push(text));
  const forget = onProcessEnd(() => process.kill(pid, "SIGKILL"));
  // The client remembers the output schemas and checks every later answer.
  await client.listTools();
  const progress: Progress[] = [];

  const call: Server["call"] = async (name, args, { signal } = {}) => {
    const result = await client.callTool({ name, arguments: args }, CallToolResultSchema, {
      onprogress: (one) => progress.push(one),
      timeout: 60_000,
      ...(signal === undefined ? {} : { signal }),
    });
    const { isError = false, content, structuredContent } = CallToolResultSchema.parse(result);
    const text = content.map((part) => (part.type === "text" ? part.text : `[${part.type}]`)).join("\n");
    return { isError, text, data: structuredContent };
  };
  const data = async (tool: string, args: Record<string, unknown>): Promise<unknown> => {
    const answer = await call(tool, args);
    if (answer.isError) throw new Error(`${tool} answered: ${answer.text}`);
    return answer.data;
  };

  return {
    call,
    fetch: async (selector) => FetchTraceOutput.parse(await data("fetch_trace", { selector })),
    write: async (traceId) => {
      const { summaries } = WriteSummaryOutput.parse(await data("write_summary", { trace_ids: [traceId] }));
      const [written] = summaries;
      if (written === undefined || "error" in written) throw new Error(`write_summary wrote nothing of ${traceId}`);
      return written;
    },
    failure: async (selector) => {
      const answer = await call("fetch_trace", { selector });
      if (!answer.isError) throw new Error(`no error for ${selector}`);
      return answer.text;
    },
    listTools: async () => (await client.listTools()).tools,
    progress,
    client,
    pid,
    stderr: () => said.join(""),
    close: async () => {
      forget();
      await client.close();
    },
  };
}

/** Connects a client to a new server and tells the id of its process. */
async function connect(client: Client, options: ServerOptions, onStderr: (text: string) => void): Promise<number> {
  const { cwd, node } = options;
  const env = { ...EVERY_PROJECT, ...options.env };
  if (node === undefined && mayShare(env)) {
    const { transport, pid } = connectShared(BUNDLE, env, cwd, onStderr);
    await client.connect(transport);
    return pid;
  }
  const command = node ?? process.execPath;
  const transport = new StdioClientTransport({ command, args: [BUNDLE], env, cwd, stderr: "pipe" });
  transport.stderr?.on("data", (chunk: Buffer) => onStderr(chunk.toString("utf8")));
  await client.connect(transport);
  return transport.pid ?? 0;
}

/** The keys that the stand-in takes. */
export const KEYS = { LANGFUSE_PUBLIC_KEY: "pk-lf-test", LANGFUSE_SECRET_KEY: "sk-lf-test" } as const;

export type World = {
  readonly langfuse: FakeLangfuse;
  readonly server: Server;
  readonly project: string;
  /** Another server with the same settings and project. */
  readonly another: () => Promise<Server>;
};
export type WorldOptions = Partial<FakeLangfuseOptions> & { readonly env?: Environment; readonly project?: string };

/** A server that reads from a stand-in for Langfuse, both new. */
export async function openWorld(options: WorldOptions): Promise<World & { readonly close: () => Promise<void> }> {
  const { env = {}, project = temporaryFolder("project"), ...rest } = options;
  const langfuse = await startFakeLangfuse({ generation: "v4-events-only", traces: [], ...rest });
  const servers: Server[] = [];
  const another = async (): Promise<Server> => {
    const server = await startServer({ env: { ...KEYS, LANGFUSE_BASE_URL: langfuse.url, ...env }, cwd: project });
    servers.push(server);
    return server;
  };
  const close = async (): Promise<void> => {
    await Promise.all(servers.map(async (server) => server.close()));
    await langfuse.close();
  };
  return { langfuse, server: await another(), project, another, close };
}

/** Runs `use` in a world of its own. */
export async function withLangfuse<T>(options: WorldOptions, use: (world: World) => Promise<T>): Promise<T> {
  const world = await openWorld(options);
  try {
    return await use(world);
  } finally {
    await world.close();
  }
}

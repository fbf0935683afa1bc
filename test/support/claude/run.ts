import { resolve } from "node:path";
import { z } from "zod";
import type { Answer } from "./answer.ts";
import { sanitizedEnvironment } from "./home.ts";
import { temporaryFolder } from "../files/temporary.ts";
import { type ProcessOutcome, runProcess } from "./process.ts";
import type { ModelRequest } from "./request.ts";
import { type LoggedRequest, type Script, startFakeAnthropic } from "./stand-in.ts";

const Event = z.looseObject({ type: z.string() });
const Result = z.looseObject({
  type: z.literal("result"),
  subtype: z.string(),
  is_error: z.boolean(),
  result: z.string().default(""),
  permission_denials: z.array(z.looseObject({ tool_name: z.string(), tool_input: z.unknown().optional() })).default([]),
});
const Init = z.looseObject({
  type: z.literal("system"),
  subtype: z.literal("init"),
  tools: z.array(z.string()),
  agents: z.array(z.string()).default([]),
  slash_commands: z.array(z.string()).default([]),
  mcp_servers: z.array(z.object({ name: z.string(), status: z.string() })).default([]),
});

/** What every run of the CLI can be told. */
export interface CommandOptions {
  /** The project folder; a fresh temporary one by default. */
  readonly cwd?: string;
  /** HOME; a fresh temporary one by default. */
  readonly home?: string;
  /** Added to, or put over, the sanitized environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** After this the whole process group is ended; a minute by default. */
  readonly timeoutMs?: number;
  /** The CLI; the project's own by default. */
  readonly claude?: string;
}

export interface RunOptions extends CommandOptions {
  readonly script: Script;
  /** Given to `claude -p`; without it only `args` are used. */
  readonly prompt?: string;
  readonly args?: readonly string[];
  readonly pluginDirs?: readonly string[];
  readonly onRequest?: (request: LoggedRequest) => void;
  /** Hears each line of stdout as it is printed. */
  readonly onLine?: (line: string) => void;
}

/** A model request with the answer it got; null when the run ended before. */
export type Exchange = ModelRequest & { readonly answer: Answer | null };

export interface CommandOutcome extends ProcessOutcome {
  readonly cwd: string;
  readonly home: string;
  /** Every HTTP request, refused CONNECTs to the outside included. */
  readonly traffic: readonly LoggedRequest[];
}

/** A finished session; `result` is undefined when the CLI printed none. */
export interface RunOutcome extends CommandOutcome {
  readonly requests: readonly Exchange[];
  readonly events: readonly z.infer<typeof Event>[];
  readonly result: z.infer<typeof Result> | undefined;
  readonly permissionDenials: z.infer<typeof Result>["permission_denials"];
  readonly mcpServers: z.infer<typeof Init>["mcp_servers"];
  readonly tools: readonly string[];
  readonly agents: readonly string[];
  readonly slashCommands: readonly string[];
}

/**
 * Runs one `claude -p` session offline, `script` playing the model.
 * Rejects when the script threw, so a script may hold assertions.
 */
export async function runClaude(options: RunOptions): Promise<RunOutcome> {
  const { prompt, args = [], pluginDirs = [] } = options;
  const outcome = await runOffline(options, [
    ...(prompt === undefined ? [] : ["-p", prompt, "--output-format", "stream-json", "--verbose"]),
    ...pluginDirs.flatMap((folder) => ["--plugin-dir", resolve(folder)]),
    ...args,
  ]);
  const events = parseEvents(outcome.stdout);
  const result = events.flatMap((event) => Result.safeParse(event).data ?? []).at(-1);
  const init = events.flatMap((event) => Init.safeParse(event).data ?? [])[0];
  return {
    ...outcome,
    requests: toExchanges(outcome.traffic),
    events,
    result,
    permissionDenials: result?.permission_denials ?? [],
    mcpServers: init?.mcp_servers ?? [],
    tools: init?.tools ?? [],
    agents: init?.agents ?? [],
    slashCommands: init?.slash_commands ?? [],
  };
}

/** Runs a subcommand that needs no model, such as `plugin validate`, in the same isolation. */
export async function runClaudeCommand(args: readonly string[], options: CommandOptions = {}): Promise<CommandOutcome> {
  const script = (): never => {
    throw new Error(`claude ${args.join(" ")} asked the model; use runClaude with a script.`);
  };
  return runOffline({ ...options, script }, args);
}

/** The model requests among all that was logged. */
export function toExchanges(traffic: readonly LoggedRequest[]): Exchange[] {
  return traffic.flatMap(({ model, answer }) => (model === null ? [] : [{ ...model, answer }]));
}

/** Throws what a script threw; the CLI only sees an API error and carries on. */
export function throwFailures(failures: readonly unknown[]): void {
  const [first, ...others] = failures;
  if (others.length > 0) throw new AggregateError(failures, `${String(first)} (and more)`);
  if (failures.length > 0) throw first;
}

async function runOffline(options: RunOptions, args: readonly string[]): Promise<CommandOutcome> {
  const cwd = options.cwd ?? temporaryFolder("claude-project");
  const home = options.home ?? temporaryFolder("claude-home");
  const fake = await startFakeAnthropic(options);
  try {
    const outcome = await runProcess({
      ...(options.claude === undefined ? {} : { claude: options.claude }),
      args,
      cwd,
      env: sanitizedEnvironment(home, fake.url, options.env ?? {}),
      timeoutMs: options.timeoutMs ?? 60_000,
      stdin: options.stdin ?? "",
      ...(options.onLine === undefined ? {} : { onLine: options.onLine }),
    });
    throwFailures(fake.failures);
    return { ...outcome, cwd, home, traffic: fake.requests };
  } finally {
    await fake.close();
  }
}

function parseEvents(stdout: string): z.infer<typeof Event>[] {
  return stdout.split("\n").flatMap((line) => {
    try {
      return Event.safeParse(JSON.parse(line)).data ?? [];
    } catch {
      // A session prints only JSON lines, but a subcommand or a crash prints what it likes.
      return [];
    }
  });
}

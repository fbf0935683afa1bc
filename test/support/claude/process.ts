import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { onProcessEnd } from "../files/cleanup.ts";
import { claudePath } from "./home.ts";

export interface ProcessOptions {
  readonly claude?: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly stdin: string;
  /** Hears each line of stdout as it is printed. */
  readonly onLine?: (line: string) => void;
}

export interface ProcessOutcome {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the CLI to its end, in a process group that does not outlive the call. */
export async function runProcess(options: ProcessOptions): Promise<ProcessOutcome> {
  const { claude = claudePath(), args, cwd, env, timeoutMs, stdin } = options;
  const child = spawn(claude, args, { cwd, env, detached: true, stdio: "pipe" });
  const kill = () => killGroup(child.pid, "SIGKILL");
  const callOff = onProcessEnd(kill);
  // A CLI that ends without reading its input is no failure of ours.
  child.stdin.on("error", () => undefined).end(stdin);
  const output = Promise.all([text(toLines(child.stdout, options.onLine)), text(child.stderr)]);
  let timedOut = false;
  let grace: NodeJS.Timeout | undefined;
  const deadline = setTimeout(() => {
    timedOut = true;
    killGroup(child.pid, "SIGTERM");
    grace = setTimeout(kill, 2000);
  }, timeoutMs);
  try {
    await once(child, "exit");
    // What the CLI started may hold its pipes open: let it finish, but not for ever.
    clearTimeout(deadline);
    clearTimeout(grace);
    grace = setTimeout(kill, 2000);
    const [stdout, stderr] = await output;
    return { exitCode: child.exitCode, timedOut, stdout, stderr };
  } catch (cause) {
    throw new Error(`${claude} could not be run in ${cwd}. Does the file exist?`, { cause });
  } finally {
    clearTimeout(deadline);
    clearTimeout(grace);
    kill();
    callOff();
  }
}

/** The lines of a stream, line breaks included, each told of as it passes. */
async function* toLines(stream: Readable, onLine: (line: string) => void = () => undefined): AsyncGenerator<string> {
  for await (const line of createInterface(stream)) {
    onLine(line);
    yield `${line}\n`;
  }
}

/** Signals a process group; one that is gone already is fine. */
export function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: nothing left to signal.
  }
}

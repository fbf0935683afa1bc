import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { onProcessEnd } from "../files/cleanup.ts";
import { COMPILED } from "../files/compiled.ts";
import type { FromHost, Program, ToHost } from "./messages.ts";

const HOST = join(import.meta.dirname, "host.ts");

/** A program that runs in a process which ran others before it. */
export type Running = {
  readonly pid: number;
  readonly write: (text: string) => void;
  /** Ends its input. */
  readonly end: () => void;
  readonly kill: () => void;
  /** The exit code; null when it was killed. */
  readonly exited: Promise<number | null>;
};

const waiting: ChildProcess[] = [];

/**
 * Whether a program may run in a shared process: in the tests, for most of the time of a test is the start of Node and the
 * loading of a bundle. FRESH_PROCESSES=1 gives every program a process of its own, and so does a variable that Node reads when
 * it starts.
 */
export function mayShare(env: Readonly<Record<string, string>>): boolean {
  const isAtStart = Object.keys(env).some((name) => /^(?:NODE_|SSL_|LC_|LANG$|TZ$)/u.test(name));
  return process.env["VITEST"] !== undefined && !process.env["FRESH_PROCESSES"] && !isAtStart;
}

/** Runs a program in a process that has ended another one, or in a new one. Programs that run at once share none. */
export function runShared(
  program: Program,
  hear: Readonly<Record<"stdout" | "stderr", (text: string) => void>>,
): Running {
  const host = waiting.pop() ?? startHost();
  const send = (message: ToHost): void => void (host.connected && host.send(message));
  const exited = new Promise<number | null>((resolve) => {
    const onEnd = (): void => end(null);
    const onMessage = (message: FromHost): void => {
      if (message.kind !== "exit") return hear[message.kind](message.text);
      end(message.code);
      if (message.isClean) waiting.push(host);
      else host.kill("SIGKILL");
    };
    const end = (code: number | null): void => {
      host.off("message", onMessage).off("exit", onEnd);
      // The tests may end while it waits.
      host.unref();
      host.channel?.unref();
      resolve(code);
    };
    host.on("message", onMessage).on("exit", onEnd);
  });
  host.ref();
  host.channel?.ref();
  send({ kind: "start", program });
  return {
    pid: host.pid ?? 0,
    write: (text) => send({ kind: "input", text }),
    end: () => send({ kind: "end" }),
    kill: () => {
      forget(host);
      host.kill("SIGKILL");
    },
    exited,
  };
}

function startHost(): ChildProcess {
  const host = fork(HOST, { execArgv: [], env: COMPILED, stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const callOff = onProcessEnd(() => host.kill("SIGKILL"));
  host.once("exit", () => {
    callOff();
    forget(host);
  });
  return host;
}

function forget(host: ChildProcess): void {
  const at = waiting.indexOf(host);
  if (at !== -1) waiting.splice(at, 1);
}

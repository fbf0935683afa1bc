// Runs programs of ours one after another in this process. Each finds the process as if it had been started for it alone: its
// arguments, environment, folder, standard input and output are its own. Loaded code stays loaded and compiled.
import { once } from "node:events";
import { PassThrough, Writable } from "node:stream";
import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import type { FromHost, Program, ToHost } from "./messages.ts";

/** How long what a program left running may take to end. A process of its own would end it at once. */
const LEFT_RUNNING_MS = 300;

const { fetch } = globalThis;
let runs = 0;
let input = new PassThrough();
let exit: (code: number) => void = () => {};

process.on("message", (message: ToHost) => {
  if (message.kind === "start") void run(message.program);
  else if (message.kind === "input") input.write(message.text);
  else input.end();
});
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
/** What keeps this process alive when nothing runs: the channel to the tests. */
const idle = countActive();
for (const event of ["uncaughtException", "unhandledRejection"] as const)
  process.on(event, (error: unknown) => {
    send({ kind: "stderr", text: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    exit(1);
  });

function send(message: FromHost): void {
  process.send?.(message);
}

async function run({ path, args, env, cwd }: Program): Promise<void> {
  const number = (runs += 1);
  input = new PassThrough();
  const hasEnded = once(input, "finish");
  const exited = new Promise<number>((resolve) => (exit = resolve));
  for (const key of Object.keys(process.env)) delete process.env[key];
  Object.assign(process.env, env);
  process.chdir(cwd);
  process.argv = [process.execPath, path, ...args];
  process.exitCode = undefined;
  // The server puts one of its own over it.
  globalThis.fetch = fetch;
  const own = { stdin: input, stdout: toOutput("stdout"), stderr: toOutput("stderr"), exit: toExit(exit) };
  for (const [key, value] of Object.entries(own)) Object.defineProperty(process, key, { value, configurable: true });
  // The query makes the module new; what it imports is not.
  await import(`${pathToFileURL(path).href}?run=${number}`).catch((error: unknown) => {
    send({ kind: "stderr", text: String(error) });
    exit(1);
  });
  void hasEnded.then(async () => endOfWork(number)).then(own.exit);
  const code = await exited;
  // A folder that is some process's cannot be unmounted.
  process.chdir("/");
  send({ kind: "exit", code, isClean: await isQuiet() });
}

function toOutput(kind: "stdout" | "stderr"): Writable {
  return new Writable({
    decodeStrings: false,
    write: (chunk: string | Buffer, _, done) => {
      send({ kind, text: String(chunk) });
      done();
    },
  });
}

function toExit(resolve: (code: number) => void): (code?: number | void) => void {
  return (code) => resolve(Number(code ?? process.exitCode ?? 0));
}

/** Resolves when nothing is left that would keep a process alive. */
async function endOfWork(of: number): Promise<void> {
  while (of === runs && !(await hasNothingToDo())) await sleep(2);
}

async function isQuiet(): Promise<boolean> {
  const deadline = performance.now() + LEFT_RUNNING_MS;
  while (!(await hasNothingToDo())) {
    if (performance.now() > deadline) return false;
    await sleep(2);
  }
  return true;
}

/** Whether nothing is active for some turns of the event loop: streams and promises go on between them without a trace. */
async function hasNothingToDo(): Promise<boolean> {
  for (let at = 0; at < 5; at += 1) {
    await turn();
    if (countActive() > idle) return false;
  }
  return true;
}

function countActive(): number {
  return process.getActiveResourcesInfo().filter((name) => name !== "Immediate").length;
}

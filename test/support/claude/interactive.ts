import { execFile, spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { onProcessEnd } from "../files/cleanup.ts";
import { claudePath, sanitizedEnvironment, seedHome } from "./home.ts";
import { temporaryFolder } from "../files/temporary.ts";
import { killGroup } from "./process.ts";
import { type Exchange, type RunOptions, throwFailures, toExchanges } from "./run.ts";
import { type LoggedRequest, startFakeAnthropic } from "./stand-in.ts";

const run = promisify(execFile);

export interface InteractiveOptions extends Omit<RunOptions, "prompt" | "stdin"> {
  readonly columns?: number;
  readonly rows?: number;
}

/** The terminal interface of a running CLI. */
export interface InteractiveClaude {
  readonly cwd: string;
  readonly home: string;
  readonly traffic: readonly LoggedRequest[];
  requests(): readonly Exchange[];
  /** What the screen shows, trailing blank lines left out. */
  screen(): Promise<string>;
  /** Types text as it is, without Enter. */
  type(text: string): Promise<void>;
  /** Presses keys by their tmux names: "Enter", "Escape", "Up", "BTab", "C-c". */
  press(...keys: readonly string[]): Promise<void>;
  /** Types a line, waits until the input box shows it, presses Enter. */
  submit(text: string): Promise<void>;
  /** Resolves with the first screen that matches; rejects with the last one that did not. */
  waitFor(pattern: RegExp | string): Promise<string>;
  /** Ends the CLI and the stand-in; rejects with what the script threw. */
  close(): Promise<void>;
}

/** Whether tmux, which the interactive driver needs, is on PATH. */
export function hasTmux(): boolean {
  return spawnSync("tmux", ["-V"]).status === 0;
}

/**
 * Starts the terminal interface offline in a private tmux server and waits for its prompt.
 * Permission mode is "default" unless `args` name one: "auto" asks a classifier on Anthropic's
 * servers, which the stand-in does not have. `timeoutMs` limits each wait.
 */
export async function startInteractiveClaude(options: InteractiveOptions): Promise<InteractiveClaude> {
  if (!hasTmux()) {
    throw new Error(
      "tmux was not found on PATH. The interactive driver shows Claude Code's terminal interface in it. Install tmux, or use runClaude, which needs no terminal.",
    );
  }
  const { args = [], pluginDirs = [], timeoutMs = 20_000, columns = 120, rows = 50 } = options;
  const cwd = options.cwd ?? temporaryFolder("claude-project");
  const home = options.home ?? temporaryFolder("claude-home");
  seedHome(home, cwd);
  const fake = await startFakeAnthropic(options);
  const env = sanitizedEnvironment(home, fake.url, options.env ?? {});
  const socket = join(temporaryFolder("tmux"), "socket");
  const tmux = async (...command: readonly string[]): Promise<string> =>
    (await run("tmux", ["-S", socket, "-f", "/dev/null", ...command], { env, cwd })).stdout;
  const endTmux = () => spawnSync("tmux", ["-S", socket, "kill-server"]);

  const pane = async (field: "pid" | "dead") => (await tmux("display-message", "-p", `#{pane_${field}}`)).trim();
  const screen = async () => (await tmux("capture-pane", "-p")).trimEnd();
  const press = async (...keys: readonly string[]) => {
    // A dialog that has just appeared ignores keys for a moment (less than 100 ms measured).
    await sleep(300);
    await tmux("send-keys", ...keys);
  };
  const type = async (text: string) => {
    await tmux("send-keys", "-l", "--", text);
  };
  const waitUntil = async (what: string, holds: (screen: string) => boolean): Promise<string> => {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const shown = await screen();
      if (holds(shown)) return shown;
      const isDead = (await pane("dead")) === "1";
      if (isDead || Date.now() > end) {
        const why = isDead ? "Claude Code ended" : `${timeoutMs} ms passed`;
        throw new Error(`${why} before the screen showed ${what}. It shows:\n${shown}`);
      }
      await sleep(100);
    }
  };
  const waitFor = (pattern: RegExp | string) =>
    waitUntil(String(pattern), (shown) =>
      typeof pattern === "string" ? shown.includes(pattern) : shown.search(pattern) !== -1,
    );
  const close = async () => {
    const pid = Number(await pane("pid").catch(() => "0"));
    if (pid > 1) killGroup(pid, "SIGHUP");
    // While tmux lives it reaps the CLI, so a dead one is seen as dead.
    for (let wait = 0; wait < 20 && pid > 1 && (await pane("dead")) !== "1"; wait += 1) {
      await sleep(100);
    }
    if (pid > 1) killGroup(pid, "SIGKILL");
    endTmux();
    callOff();
    await fake.close();
    throwFailures(fake.failures);
  };

  // Set before the session exists, so that the screen of a CLI that ends at once can be read.
  const keepScreen = ["start-server", ";", "set-option", "-g", "remain-on-exit", "on", ";"];
  const start = [...keepScreen, "new-session", "-d", "-x", `${columns}`, "-y", `${rows}`];
  const command = [
    "env",
    "-u",
    "TMUX",
    "-u",
    "TMUX_PANE",
    `TERM=${env["TERM"]}`,
    options.claude ?? claudePath(),
    ...(args.some((arg) => arg.startsWith("--permission-mode")) ? [] : ["--permission-mode", "default"]),
    ...pluginDirs.flatMap((folder) => ["--plugin-dir", resolve(folder)]),
    ...args,
  ];

  const callOff = onProcessEnd(endTmux);
  try {
    await tmux(...start, ...command);
    await waitFor(/Claude Code v[\s\S]*^❯/m);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    cwd,
    home,
    traffic: fake.requests,
    requests: () => toExchanges(fake.requests),
    screen,
    type,
    press,
    submit: async (text) => {
      await type(text);
      const tail = withoutSpace(text).slice(-20);
      await waitUntil(`"${tail}" typed`, (shown) => withoutSpace(shown).includes(tail));
      await press("Enter");
    },
    waitFor,
    close,
  };
}

function withoutSpace(text: string): string {
  return text.replaceAll(/\s/g, "");
}

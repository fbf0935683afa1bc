import { copyFileSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../files/temporary.ts";
import { type Environment, type Server, startServer } from "../mcp/client.ts";

const fixtures = fileURLToPath(new URL("../../fixtures/transcripts/", import.meta.url));

/** The sessions that Claude Code 2.1.330 wrote; README.md there says what each holds. */
export type Scenario =
  | "apierror"
  | "bgagent"
  | "denied"
  | "interrupted"
  | "misc"
  | "multiturn"
  | "rich-default"
  | "todo";

/** The lines of a recorded session, as written. */
export function readSession(scenario: Scenario): { readonly sessionId: string; readonly lines: readonly string[] } {
  const file = readdirSync(join(fixtures, scenario)).find((name) => name.endsWith(".jsonl")) ?? "";
  const lines = readFileSync(join(fixtures, scenario, file), "utf8")
    .trimEnd()
    .split("\n");
  return { sessionId: file.replace(".jsonl", ""), lines };
}

/** The folder in which Claude Code keeps a project's transcripts. */
export function transcriptFolder(home: string, project: string): string {
  return join(home, ".claude", "projects", project.replace(/[^A-Za-z0-9]/gu, "-"));
}

export type Installed = {
  readonly home: string;
  readonly project: string;
  /** How long ago its last line was written, in seconds. */
  readonly secondsAgo: number;
  /** The session's id; by default the recorded one. */
  readonly sessionId?: string;
  readonly folder?: string;
};

/**
 * Puts a recorded session where Claude Code would have written it, moved to another project and time. Gives the
 * session's id and the path of its transcript.
 */
export function installSession(
  scenario: Scenario,
  { home, project, secondsAgo, sessionId, folder = transcriptFolder(home, project) }: Installed,
): { readonly sessionId: string; readonly path: string } {
  const recorded = readSession(scenario);
  const times = [...recorded.lines.join("\n").matchAll(TIME)].map(([, time]) => Date.parse(time ?? ""));
  const ended = Date.now() - secondsAgo * 1000;
  const shift = ended - Math.max(...times);
  const id = sessionId ?? recorded.sessionId;
  const from = join(fixtures, scenario);
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const source = join(entry.parentPath, entry.name);
    const target = join(folder, source.slice(from.length).replaceAll(recorded.sessionId, id));
    mkdirSync(dirname(target), { recursive: true });
    if (!entry.name.endsWith(".jsonl")) {
      copyFileSync(source, target);
      continue;
    }
    const text = readFileSync(source, "utf8")
      .replaceAll(recorded.sessionId, id)
      .replaceAll(`/home/dev/${scenario}`, project)
      .replaceAll(TIME, (_all, time: string) => `"timestamp":"${new Date(Date.parse(time) + shift).toISOString()}"`);
    writeFileSync(target, text);
    utimesSync(target, ended / 1000, ended / 1000);
  }
  return { sessionId: id, path: join(folder, `${id}.jsonl`) };
}

const TIME = /"timestamp":"([^"]{24})"/gu;

export type Place = { readonly home: string; readonly project: string };

/** Runs `use` with a server that was given no key, in a new home and project; ends it afterwards. */
export async function withoutKeys<T>(
  env: Environment,
  use: (world: Place & { readonly start: (more?: Environment) => Promise<Server> }) => Promise<T>,
): Promise<T> {
  const home = temporaryFolder("home");
  const project = temporaryFolder("project");
  const servers: Server[] = [];
  const start = async (more: Environment = {}): Promise<Server> => {
    const server = await startServer({
      env: { HOME: home, CLAUDE_PROJECT_DIR: project, ...env, ...more },
      cwd: project,
    });
    servers.push(server);
    return server;
  };
  try {
    return await use({ home, project, start });
  } finally {
    await Promise.all(servers.map(async (server) => server.close()));
  }
}

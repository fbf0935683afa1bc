import { existsSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join, resolve } from "node:path";
import { z } from "zod";
import { COMPILED } from "../files/compiled.ts";
import { dummyKey } from "./stand-in.ts";

/**
 * The CLI that is tested: what CLAUDE_BIN names, else the project's own native one. Its pnpm shim would add NODE_PATH to what
 * MCP servers inherit.
 */
export function claudePath(): string {
  const named = process.env["CLAUDE_BIN"];
  if (named !== undefined && named !== "") return resolve(named);
  const path = createRequire(import.meta.url).resolve("@anthropic-ai/claude-code/package.json");
  const { bin } = z.object({ bin: z.object({ claude: z.string() }) }).parse(readJson(path));
  return resolve(dirname(path), bin.claude);
}

/** The whole environment of the CLI: nothing of the caller's but PATH, behind our own node. */
export function sanitizedEnvironment(
  home: string,
  baseUrl: string,
  env: Readonly<Record<string, string>>,
): Record<string, string> {
  return {
    PATH: [dirname(process.execPath), process.env["PATH"]].filter(Boolean).join(delimiter),
    HOME: home,
    TERM: "xterm-256color",
    LANG: "C.UTF-8",
    ANTHROPIC_BASE_URL: baseUrl,
    ANTHROPIC_API_KEY: dummyKey,
    HTTP_PROXY: baseUrl,
    HTTPS_PROXY: baseUrl,
    NO_PROXY: "127.0.0.1,localhost,::1",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    CLAUDE_CODE_DISABLE_OFFICIAL_MARKETPLACE_AUTOINSTALL: "1",
    DISABLE_AUTOUPDATER: "1",
    DISABLE_ERROR_REPORTING: "1",
    DISABLE_TELEMETRY: "1",
    ...COMPILED,
    // Recorded traces ran in other folders than the temporary one of a test or demo.
    TRACE_AUDIT_PROJECTS: "*",
    ...env,
  };
}

const Config = z.looseObject({
  projects: z.record(z.string(), z.looseObject({})).default({}),
});

/**
 * Answers in advance what the terminal interface asks a fresh HOME: onboarding (which calls
 * api.anthropic.com), the API key, trust in the folder and the notice about auto mode.
 */
export function seedHome(home: string, cwd: string): void {
  const path = join(home, ".claude.json");
  const config = Config.parse(existsSync(path) ? readJson(path) : {});
  const folder = realpathSync(cwd);
  const seeded = {
    ...config,
    theme: "dark",
    hasCompletedOnboarding: true,
    hasSeenAutoDefaultNotice: true,
    // The CLI knows a key by its last twenty characters.
    customApiKeyResponses: { approved: [dummyKey.slice(-20)], rejected: [] },
    projects: {
      ...config.projects,
      [folder]: { ...config.projects[folder], hasTrustDialogAccepted: true },
    },
  };
  writeFileSync(path, JSON.stringify(seeded));
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}

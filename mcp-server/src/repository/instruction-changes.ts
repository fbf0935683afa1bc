import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { judgePromptFile } from "../audit/instructions/judge-prompt-file.ts";
import type { Environment } from "../config.ts";
import { GIT_BYTES, toGitArguments, toGitPlace } from "./git.ts";

/** A span of time, ISO 8601, its ends included. */
export type Span = { readonly from: string; readonly to: string };

/** A prompt file that commits of HEAD changed, and the SHA-256 of what each of them left; null where it left no file. */
export type InstructionChange = { readonly file: string; readonly contents: readonly (string | null)[] };

/** Milliseconds for each of two runs of git: a hook waits for them, and has to write the plan in its own time. */
const MAX_MS = 2000;
const MAX_COMMITS = 5000;
/** Contents that are looked at; a file of prompts has few versions between two audits. */
const MAX_CONTENTS = 500;

/**
 * The prompt files below a project's folder that commits of a span changed, in the line that HEAD stands on: what a merge brought
 * counts when it was merged. Null when there is no repository, git is missing, refuses or takes too long. Reads only; throws nothing.
 */
export function readInstructionChanges(
  folder: string,
  env: Environment,
  { from, to }: Span,
): readonly InstructionChange[] | null {
  const bounds = [`--since=${from}`, `--until=${to}`, `--max-count=${MAX_COMMITS}`];
  const shape = ["--name-only", "--no-renames", "--no-ext-diff", "--relative", "-z", "--format=%x01%H"];
  const log = git(folder, env, ["log", "--no-show-signature", "--first-parent", "-m", ...bounds, ...shape, "HEAD"]);
  if (log === null) return null;
  const versions = parseLog(log.toString("utf8")).slice(0, MAX_CONTENTS);
  const asked = versions.map(({ commit, file }) => `${commit}:./${file}\n`).join("");
  const contents = versions.length === 0 ? [] : parseContents(git(folder, env, ["cat-file", "--batch"], asked));
  const changes = new Map<string, (string | null)[]>();
  for (const [at, { file }] of versions.entries())
    changes.set(file, [...(changes.get(file) ?? []), contents[at] ?? null]);
  return [...changes].map(([file, left]) => ({ file, contents: left }));
}

/** The prompt files of each commit. Names are ended by NUL, and the first of a commit begins a line. */
function parseLog(log: string): readonly { readonly commit: string; readonly file: string }[] {
  return log
    .split("\u0001")
    .slice(1)
    .flatMap((part) => {
      const [commit = "", ...names] = part.split("\0").map((name) => name.replace(/^\n+/u, ""));
      return names.filter((name) => judgePromptFile(name) === null).map((file) => ({ commit, file }));
    });
}

/** The SHA-256 of each content in what `cat-file --batch` printed, in the order in which they were asked for. */
function parseContents(batch: Buffer | null): readonly (string | null)[] {
  const hashes: (string | null)[] = [];
  for (let at = 0; batch !== null && at < batch.length;) {
    const end = batch.indexOf("\n", at);
    if (end === -1) break;
    const size = /^\S+ blob (\d+)$/u.exec(batch.toString("utf8", at, end))?.[1];
    const start = end + 1;
    at = size === undefined ? start : start + Number(size) + 1;
    hashes.push(size === undefined ? null : toSha256(batch.subarray(start, at - 1)));
  }
  return hashes;
}

function toSha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

function git(folder: string, env: Environment, args: readonly string[], input = ""): Buffer | null {
  const options = {
    timeout: MAX_MS,
    killSignal: "SIGKILL",
    maxBuffer: GIT_BYTES,
    windowsHide: true,
    input,
  } as const;
  const { status, stdout } = spawnSync("git", toGitArguments(folder, args), { ...options, ...toGitPlace(env) });
  return status === 0 ? stdout : null;
}

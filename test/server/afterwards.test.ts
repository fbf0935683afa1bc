import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../support/files/temporary.ts";
import { createRepository, type Repository } from "../support/files/repository.ts";
import { answer, sessionOf, tool, user, writeSession, type Said } from "../support/transcripts/written.ts";
import { withoutKeys } from "../support/transcripts/recorded.ts";
import type { Server } from "../support/mcp/client.ts";

const SESSION = sessionOf(1);

/** A turn that commits, as git printed it. */
function committing(prompt: string, ...printed: readonly string[]): readonly (Said | readonly Said[])[] {
  return [user(prompt), ...printed.map((text) => tool("Bash", { command: "git commit -am x" }, text)), answer()];
}

type World = { readonly project: string; readonly repository: Repository; readonly server: Server };

async function inRepository(
  turns: (repository: Repository) => readonly (Said | readonly Said[])[],
  use: (world: World) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  await withoutKeys(env, async ({ home, project, start }) => {
    const repository = createRepository(project);
    repository.commit("a.txt", "Begin");
    writeSession({ home, project }, SESSION, turns(repository));
    await use({ project, repository, server: await start() });
  });
}

async function afterwardsOf(server: Server, selector = `session:${SESSION}`): Promise<unknown> {
  const { summaries } = await server.fetch(selector);
  return JSON.parse(JSON.stringify(summaries[0] ?? {}))["afterwards"];
}

describe("what the repository knows of a run's commits afterwards", () => {
  test("counts those in HEAD's history, those that it reverts and in which turns; a revert that was reverted is none", async () => {
    const made: string[] = [];
    await inRepository(
      (repository) =>
        ["One", "Two", "Three"].flatMap((word, at) => {
          const printed = repository.commit(`${at}.txt`, word);
          made.push(repository.head());
          return committing(word, printed);
        }),
      async ({ repository, server }) => {
        const all = { commits: 3, in_history: 3, reverted: 0, reverted_turns: [] };
        expect(await afterwardsOf(server)).toEqual(all);
        repository.git("revert", "--no-edit", made[1] ?? "");
        expect(await afterwardsOf(server)).toEqual({ ...all, reverted: 1, reverted_turns: [2] });
        expect(await afterwardsOf(server, `${SESSION}-2`)).toEqual({
          commits: 1,
          in_history: 1,
          reverted: 1,
          reverted_turns: [2],
        });
        expect(await afterwardsOf(server, `${SESSION}-3`)).toMatchObject({ reverted: 0 });
        repository.git("revert", "--no-edit", "HEAD");
        expect(await afterwardsOf(server)).toEqual(all);
      },
    );
  });

  test("says nothing of a commit that another branch holds, or that got another hash; never that it is lost", async () => {
    await inRepository(
      (repository) => committing("Work", repository.commit("a.txt", "Kept"), repository.commit("b.txt", "Amended")),
      async ({ repository, server }) => {
        repository.git("commit", "--amend", "-m", "Amended again");
        expect(await afterwardsOf(server)).toEqual({ commits: 2, in_history: 1, reverted: 0, reverted_turns: [] });
        repository.git("checkout", "--quiet", "-b", "other", "HEAD~2");
        expect(await afterwardsOf(server)).toBeUndefined();
      },
    );
  });

  test("is its own: outcome, basis and every other key stay as without a repository, and the file is written with it", async () => {
    await inRepository(
      (repository) => committing("Work", repository.commit("a.txt", "Kept")),
      async ({ project, repository, server }) => {
        const { summaries } = await server.fetch(SESSION);
        const { path } = await server.write(`session:${SESSION}`);
        const written = JSON.parse(readFileSync(join(project, path), "utf8"));
        expect(written).toMatchObject({ afterwards: { commits: 1, in_history: 1 } });
        repository.git("revert", "--no-edit", "HEAD");
        const [reverted] = (await server.fetch(SESSION)).summaries;
        expect(reverted).toEqual({
          ...summaries[0],
          afterwards: { ...written.afterwards, reverted: 1, reverted_turns: [1] },
        });
        rmSync(join(project, ".git"), { recursive: true });
        const { afterwards: _afterwards, ...rest } = written;
        expect((await server.fetch(SESSION)).summaries[0]).toEqual(rest);
      },
    );
  });

  test("takes git's own line for a commit, and no other text", async () => {
    await inRepository(
      (repository) => {
        repository.commit("a.txt", "Not by the run");
        const hash = repository.head().slice(0, 7);
        return [
          user("Look"),
          tool("Bash", { command: "git log" }, `[main ${hash}] Not by the run`),
          tool(
            "Bash",
            { command: "git commit -m x" },
            `nothing to commit\n${hash}\n  [main ${hash}] quoted\n[${hash}] x`,
          ),
          answer(),
        ];
      },
      async ({ server }) => {
        expect(await afterwardsOf(server)).toBeUndefined();
      },
    );
  });

  test("starts nothing that the repository names, and takes no other repository from the environment", async () => {
    const elsewhere = createRepository(temporaryFolder("else"));
    await inRepository(
      (repository) => committing("Work", repository.commit("a.txt", "Kept")),
      async ({ project, repository, server }) => {
        const [trap, sprung] = [join(project, "trap.sh"), join(project, "sprung")];
        writeFileSync(trap, `#!/bin/sh\ntouch '${sprung}'\n`);
        chmodSync(trap, 0o755);
        // What `git status` would start, and `git log` of a signed commit.
        for (const name of ["core.fsmonitor", "gpg.program"]) repository.git("config", name, trap);
        repository.git("config", "log.showSignature", "true");
        expect(await afterwardsOf(server)).toMatchObject({ in_history: 1 });
        expect(existsSync(sprung)).toBe(false);
      },
      { GIT_DIR: join(elsewhere.git("rev-parse", "--absolute-git-dir").trim()), GIT_EXTERNAL_DIFF: "/bin/false" },
    );
  });

  test.runIf(process.getuid?.() === 0)("is left out where git does not trust who owns the repository", async () => {
    await inRepository(
      (repository) => committing("Work", repository.commit("a.txt", "Kept")),
      async ({ project, server }) => {
        expect(await afterwardsOf(server)).toMatchObject({ in_history: 1 });
        for (const path of [project, join(project, ".git")]) chownSync(path, 65_534, 65_534);
        expect(await afterwardsOf(server)).toBeUndefined();
      },
    );
  });

  test("is left out where git is missing, answers nothing in time, or prints no history", async () => {
    const folder = temporaryFolder("else");
    const git = join(folder, "git");
    for (const script of ["exit 1", "sleep 60", "echo '\\000'; echo nonsense"]) {
      writeFileSync(git, `#!/bin/sh\n${script}\n`);
      chmodSync(git, 0o755);
      await inRepository(
        (repository) => committing("Work", repository.commit("a.txt", "Kept")),
        async ({ server }) => {
          const started = performance.now();
          expect(await afterwardsOf(server)).toBeUndefined();
          expect(performance.now() - started).toBeLessThan(15_000);
        },
        { PATH: `${folder}:/usr/bin:/bin` },
      );
    }
    const none = join(folder, "empty");
    mkdirSync(none);
    await inRepository(
      (repository) => committing("Work", repository.commit("a.txt", "Kept")),
      async ({ server }) => {
        expect(await afterwardsOf(server)).toBeUndefined();
      },
      { PATH: none },
    );
  }, 60_000);
});

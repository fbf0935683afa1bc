import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { readOwnProject } from "../../mcp-server/src/sources/select/own-project.ts";
import { temporaryFolder } from "../support/files/temporary.ts";
import type { Generation, LegacyTrace } from "../support/langfuse/stand-in.ts";
import { moveTrace, otherTrace, readFixture, smallTurn } from "../support/langfuse/traces.ts";
import { withLangfuse, type World, type WorldOptions } from "../support/mcp/client.ts";

vi.setConfig({ testTimeout: 60_000 });

const both = ["v3", "v4-events-only"] as const satisfies readonly Generation[];
const HERE = { TRACE_AUDIT_PROJECTS: "" } as const;
const DAY = 86_400;

const idsOf = ({ summaries }: { readonly summaries: readonly { readonly trace_id: string }[] }): string[] =>
  summaries.map(({ trace_id }) => trace_id);
const codesOf = ({ summaries }: Awaited<ReturnType<World["server"]["fetch"]>>): string[] =>
  summaries.flatMap((one) => ("warnings" in one ? one.warnings.map(({ code }) => code) : []));

/** An empty folder of this name, for a project. */
function projectFolder(name: string): string {
  const folder = join(temporaryFolder("projects"), name);
  mkdirSync(folder);
  return folder;
}

/** A turn whose root says more of itself. */
function turnOf(id: string, secondsAgo: number, more: Readonly<Record<string, unknown>>): LegacyTrace {
  const turn = smallTurn(id, secondsAgo);
  const observations = turn.observations.map((one) =>
    one.parentObservationId === null ? { ...one, metadata: Object.assign({ ...more }, one.metadata) } : one,
  );
  return { ...turn, observations };
}

const inFolder = (id: string, secondsAgo: number, cwd: string): LegacyTrace => turnOf(id, secondsAgo, { cwd });

/** Runs `use` in a project of that name, taking the runs of this project only. */
function within<T>(
  name: string,
  { env = {}, ...options }: WorldOptions,
  use: (world: World) => Promise<T>,
): Promise<T> {
  return withLangfuse({ ...options, project: options.project ?? projectFolder(name), env: { ...HERE, ...env } }, use);
}

const three = [
  inFolder("billing-1", 100, "/home/dev/billing"),
  inFolder("mail", 200, "/home/ann/src/mail"),
  inFolder("billing-2", 300, "/Users/ann/billing/src"),
  inFolder("shop-1", 400, "/home/dev/shop"),
  inFolder("shop-2", 500, "/Users/ann/src/shop/packages/cart"),
  inFolder("billing-3", 600, "/home/dev/billing"),
];

describe.each(both)("a server with the runs of three projects (%s)", (generation) => {
  test("last takes this one's newest, and says what was newer", async () => {
    await within("shop", { generation, traces: three }, async ({ server }) => {
      const answer = await server.fetch("last");
      expect(idsOf(answer)).toEqual(["shop-1"]);
      expect(answer.skipped).toEqual([
        { trace_id: "…", reason: expect.stringMatching(/^\d runs of other projects: /u) },
      ]);
      expect(answer.skipped[0]?.reason).toContain("billing (");
      expect(answer.skipped[0]?.reason).toContain("mail (1)");
      expect(JSON.stringify(answer.skipped)).not.toMatch(/\/home|\/Users|dev|ann/u);
      expect(codesOf(answer)).toEqual(["exporter_omits_rejected_calls"]);
    });
  });

  test("sample draws from this one's", async () => {
    await within("shop", { generation, traces: [...three, otherTrace("other", 50)] }, async ({ server }) => {
      const answer = await server.fetch("sample:5");
      expect(idsOf(answer).toSorted()).toEqual(["shop-1", "shop-2"]);
      expect(answer.skipped).toEqual([
        { trace_id: "…", reason: "4 runs of other projects: billing (2), billing/src (1), mail (1)" },
      ]);
      expect(answer.sample?.note).toContain("2 of the 5");
      expect(idsOf(await server.fetch("sample:2")).toSorted()).toEqual(["shop-1", "shop-2"]);
    });
  });

  test("an id is audited as it is", async () => {
    await within("shop", { generation, traces: three }, async ({ server, langfuse }) => {
      for (const selector of ["mail", `${langfuse.url}/project/proj1/traces/mail`])
        expect(await server.fetch(selector)).toMatchObject({ summaries: [{ trace_id: "mail" }], skipped: [] });
    });
  });

  test("names of other folders add their runs, and * adds all", async () => {
    for (const [named, last, sampled] of [
      [" mail , nowhere", "mail", ["mail", "shop-1", "shop-2"]],
      ["mail,*", "billing-1", three.map(({ id }) => id)],
    ] as const)
      await within("shop", { generation, traces: three, env: { TRACE_AUDIT_PROJECTS: named } }, async ({ server }) => {
        expect(idsOf(await server.fetch("last")), named).toEqual([last]);
        expect(idsOf(await server.fetch("sample:50")).toSorted(), named).toEqual([...sampled].toSorted());
      });
  });

  test("a run that does not say where it took place is taken, with a warning", async () => {
    const traces = [smallTurn("anywhere", 150), ...three];
    await within("shop", { generation, traces }, async ({ server }) => {
      const answer = await server.fetch("last");
      expect(idsOf(answer)).toEqual(["anywhere"]);
      expect(codesOf(answer)).toContain("project_not_recorded");
      // A summary is a function of the trace's data, whoever asks for it.
      expect((await server.fetch("anywhere")).summaries).toEqual(answer.summaries);
      expect(idsOf(await server.fetch("sample:50")).toSorted()).toEqual(["anywhere", "shop-1", "shop-2"]);
    });
  });

  test("one error says so when there is none of this one's", async () => {
    const old = inFolder("old", 20 * DAY, "/home/dev/archive");
    await within("elsewhere", { generation, traces: [...three, old, otherTrace("other", 50)] }, async ({ server }) => {
      for (const selector of ["last", "sample:3"]) {
        const said = await server.failure(selector);
        expect(said).toMatch(/^No completed Claude Code trace with a human's request was found/u);
        expect(said).toContain("8 traces were seen, 1 of them of other applications");
        expect(said).toContain(
          "7 runs of other projects: billing (2), archive (1), billing/src (1), cart (1), mail (1), shop (1). ",
        );
        expect(said).toContain("TRACE_AUDIT_PROJECTS");
        expect(said.match(/\. /gu)).toHaveLength(2);
      }
    });
  });

  test("a run behind many of other projects is found, in a bounded number of reads", async () => {
    const busy = Array.from({ length: 60 }, (_, at) => inFolder(`busy-${at}`, 100 + at, "/home/dev/billing"));
    const ours = inFolder("ours", 3600, "/home/dev/shop");
    await within("shop", { generation, traces: [...busy, ours] }, async ({ server }) => {
      const answer = await server.fetch("last");
      expect(idsOf(answer)).toEqual(["ours"]);
      expect(answer.skipped[0]?.reason).toBe("60 runs of other projects: billing (60)");
    });
    const crowd = Array.from({ length: 400 }, (_, at) => inFolder(`crowd-${at}`, 100 + at, `/home/dev/p${at}`));
    await within("shop", { generation, traces: [...crowd, ours] }, async ({ server, langfuse }) => {
      const said = await server.failure("last");
      expect(said).toMatch(
        /\d+ runs of other projects: p0 \(1\), p1 \(1\), .* and \d+ more projects; \d+ older ones were not read/u,
      );
      expect(langfuse.requests.length).toBeLessThan(800);
      expect(said.length).toBeLessThan(600);
    });
  });
});

describe("what the exporters record", () => {
  const recorded = [
    ["official-plugin-v1-cleantranscript/rich-default", "official-plugin-v1-cleantranscript/denied"],
    ["official-plugin-pr84-levels/rich-default", "official-plugin-pr84-levels/denied"],
    ["docs-hook/rich-default", "docs-hook/denied"],
    ["doneyli-template/rich-default", "doneyli-template/multiturn.1"],
    ["official-plugin-v2/rich", "official-plugin-v2/denied"],
    ["baem1n-hook/rich", "baem1n-hook/denied"],
  ] as const;

  test.each(both)("tells one project from another (%s)", async (generation) => {
    const traces = recorded.flatMap(([ours, theirs], at) => [
      moveTrace(readFixture(ours), `ours-${at}`, 200),
      moveTrace(readFixture(theirs), `theirs-${at}`, 100),
    ]);
    await within("rich-default", { generation, traces }, async ({ server }) => {
      const answer = await server.fetch("sample:50");
      expect(idsOf(answer).toSorted()).toEqual(recorded.map((_, at) => `ours-${at}`));
      // Doneyli's template writes `repos-multiturn` of `…/repos/multiturn`.
      expect(answer.skipped).toEqual([
        { trace_id: "…", reason: "6 runs of other projects: denied (5), repos-multiturn (1)" },
      ]);
      for (const id of idsOf(answer)) expect(codesOf(await server.fetch(id))).not.toContain("project_not_recorded");
    });
  });

  test("only on the trace is seen where the server shows the trace, and is not taken for known", async () => {
    const traces = [
      moveTrace(readFixture("cc-langfuse/denied"), "theirs", 100),
      moveTrace(readFixture("cc-langfuse/rich-default"), "ours", 200),
    ];
    await within("rich-default", { generation: "v3", traces }, async ({ server }) => {
      expect(idsOf(await server.fetch("last"))).toEqual(["ours"]);
    });
    await within("rich-default", { generation: "v4-events-only", traces }, async ({ server }) => {
      const answer = await server.fetch("last");
      expect(idsOf(answer)).toEqual(["theirs"]);
      expect(codesOf(answer)).toContain("project_not_recorded");
    });
  });

  test.each(both)("may be a repository or a name, in many places (%s)", async (generation) => {
    const project = projectFolder("shop");
    mkdirSync(join(project, ".git"));
    writeFileSync(join(project, ".git", "config"), CONFIG);
    const places = [
      { resourceAttributes: { "vcs.repository.url.full": "https://github.com/acme/shop" } },
      { "vcs.repository.url.full": "ssh://git@github.com/acme/shop.git" },
      { git_remote: "git@github.com:acme/shop.git", cwd: "/builds/4711" },
      { repository: "acme/shop" },
      { project_name: "Shop" },
      { project: "git@github.com:acme/shop.git" },
      { resourceAttributes: { "project.name": "shop" } },
    ];
    const theirs = places.map((one) => JSON.parse(JSON.stringify(one).replaceAll(/shop/giu, "billing")));
    const traces = [
      ...places.map((one, at) => turnOf(`ours-${at}`, 200, one)),
      ...theirs.map((one, at) => turnOf(`theirs-${at}`, 100, one)),
    ];
    await within("shop", { generation, traces, project }, async ({ server }) => {
      const answer = await server.fetch("sample:50");
      expect(idsOf(answer).toSorted()).toEqual(places.map((_, at) => `ours-${at}`));
      expect(answer.skipped).toEqual([{ trace_id: "…", reason: expect.stringContaining("7 runs of other projects") }]);
      for (const id of idsOf(answer)) expect(codesOf(await server.fetch(id))).not.toContain("project_not_recorded");
    });
  });
});

const CONFIG = [
  "[core]",
  "\tbare = false",
  '[remote "upstream"]',
  "\tfetch = +refs/heads/*:refs/remotes/upstream/*",
  '\turl = "https://github.com/acme/shop.git"',
  '[branch "main"]',
  "\turl = https://github.com/acme/billing",
].join("\n");

test("an exported TRACE_AUDIT_PROJECTS wins over the plugin's option, which counts when none is exported", async () => {
  const option = "TRACE_AUDIT_OPTION_TRACE_AUDIT_PROJECTS";
  for (const [env, expected] of [
    [{ [option]: "mail" }, "mail"],
    [{ TRACE_AUDIT_PROJECTS: "${TRACE_AUDIT_PROJECTS}", [option]: "mail" }, "mail"],
    [{ TRACE_AUDIT_PROJECTS: "billing", [option]: "mail" }, "billing-1"],
  ] as const)
    await within("shop", { traces: three, env }, async ({ server }) => {
      expect(idsOf(await server.fetch("last"))).toEqual([expected]);
    });
});

describe("the project's own repository", () => {
  /** A checkout with a package, a worktree beside it and a link to it. */
  function checkout(): string {
    const root = temporaryFolder("projects");
    const own = join(root, "main-checkout", ".git", "worktrees", "fix-42");
    mkdirSync(own, { recursive: true });
    mkdirSync(join(root, "main-checkout", "packages", "cart"), { recursive: true });
    writeFileSync(join(root, "main-checkout", ".git", "config"), CONFIG);
    writeFileSync(join(own, "commondir"), "../..\n");
    writeFileSync(join(own, "gitdir"), `${join(root, "fix-42", ".git")}\n`);
    mkdirSync(join(root, "fix-42"));
    writeFileSync(join(root, "fix-42", ".git"), `gitdir: ${own}\n`);
    symlinkSync(join(root, "main-checkout"), join(root, "link"));
    return root;
  }

  test("of a worktree is that of its main checkout, whose runs are its own too", async () => {
    const root = checkout();
    const traces = [
      turnOf("theirs", 100, { repository: "https://github.com/acme/billing" }),
      turnOf("remote", 200, { repository: "https://github.com/acme/shop" }),
      inFolder("main", 300, "/home/ann/main-checkout/src"),
      inFolder("beside", 400, "/home/ann/billing"),
    ];
    await within("", { project: join(root, "fix-42"), traces }, async ({ server }) => {
      expect(idsOf(await server.fetch("last"))).toEqual(["remote"]);
      expect(idsOf(await server.fetch("sample:5")).toSorted()).toEqual(["main", "remote"]);
    });
  });

  test("is read from .git, also above the folder, of a worktree and by a link", async () => {
    const root = checkout();
    const remotes = ["https://github.com/acme/shop.git"];
    const [main, worktree] = [join(root, "main-checkout"), join(root, "fix-42")];
    for (const [folder, folders] of [
      [main, [main, worktree]],
      [worktree, [main, worktree]],
      [join(root, "link"), [main, worktree, join(root, "link")]],
      [join(main, "packages", "cart"), [join(main, "packages", "cart")]],
    ] as const) {
      const project = await readOwnProject({ CLAUDE_PROJECT_DIR: folder });
      expect({ ...project, folders: [...project.folders].toSorted() }).toEqual({
        folders: [...folders].toSorted(),
        remotes,
        others: [],
      });
    }
  });

  test("without an address, unreadable or odd is as good as none", async () => {
    for (const [what, content] of [
      [".git/config", "[core]\n\tbare = false\n"],
      [".git/config", '[remote "origin"'],
      [".git", "gitdir: /nowhere/at/all"],
      [".git", "\u0000\u0001"],
      [".git/HEAD", "ref: refs/heads/main"],
    ] as const) {
      const project = projectFolder("shop");
      if (what.includes("/")) mkdirSync(join(project, ".git"));
      writeFileSync(join(project, what), content);
      expect(await readOwnProject({ CLAUDE_PROJECT_DIR: project })).toEqual({
        folders: [project],
        remotes: [],
        others: [],
      });
    }
    expect(await readOwnProject({ CLAUDE_PROJECT_DIR: "/nowhere/at/all" })).toMatchObject({ remotes: [] });
  });
});

import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { PLUGIN_ROOT } from "./support/files/plugin-root.ts";
import { blocksOf, firstForeignLine, followDocument, withAddedLines } from "./support/docs/blocks.ts";
import { anchorsOf, brokenLinks } from "./support/docs/links.ts";

const read = (path: string): string => readFileSync(join(PLUGIN_ROOT, path), "utf8");
const inFolder = (folder: string): string[] =>
  readdirSync(join(PLUGIN_ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md") && !path.startsWith("audit/"))
    .map((path) => join(folder, path));

const ARCHITECTURE = "docs/architecture.md";
const documents = [
  "README.md",
  "CONTRIBUTING.md",
  "AGENTS.md",
  "SECURITY.md",
  "CHANGELOG.md",
  ...["docs", "commands", "agents", ".github"].flatMap(inFolder),
].map((path) => ({ path, text: read(path) }));

/** What `find` finds in each document, with the document's path. */
const foundIn = (find: (path: string, text: string) => readonly string[]): readonly string[] =>
  documents.flatMap(({ path, text }) => find(path, text).map((found) => `${path}: ${found}`));

test("links lead to files and headings that exist", () => {
  expect(foundIn(brokenLinks)).toEqual([]);
});

test("the npm scripts that are named exist", () => {
  const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(read("package.json")));
  const named = foundIn((_path, text) =>
    [...text.matchAll(/\bnpm (?:run ([a-z]+)|(test)\b)/gu)].map(([, script, short]) => script ?? short ?? ""),
  );
  expect(named).toEqual(expect.arrayContaining(["README.md: demo", "README.md: test"]));
  expect(named.filter((found) => scripts[found.split(": ")[1] ?? ""] === undefined)).toEqual([]);
});

test("the files of the project that are named exist", () => {
  const paths = /`(?:(?:npx )?tsx )?((?:\.claude-plugin|agents|commands|docs|hooks|mcp-server|test)\/[\w./-]+)`/gu;
  const missing = foundIn((_path, text) =>
    [...text.matchAll(paths)]
      .map(([, name = ""]) => name)
      // What an audit writes lies in the project that is audited.
      .filter((name) => !/^docs\/audit\b/u.test(name) && !existsSync(join(PLUGIN_ROOT, name))),
  );
  expect(missing).toEqual([]);
});

test("quoted code is the project's, or an example that the test below follows", () => {
  const foreign = foundIn((path, text) =>
    blocksOf(text, "ts").flatMap(({ path: file, code }) => {
      if (file === null) return `no file is named above ${code.split("\n")[0] ?? ""}`;
      if (!existsSync(join(PLUGIN_ROOT, file))) return path === ARCHITECTURE ? [] : `${file} does not exist`;
      const line = firstForeignLine(code, read(file));
      return line === null ? [] : `not so in ${file}: ${line}`;
    }),
  );
  expect(foreign).toEqual([]);
});

test("the architecture's tables of rooms name every room of the pure wings, and nothing that is not there", () => {
  const [, section = ""] = read(ARCHITECTURE).split("\n## The house\n");
  let base = "mcp-server/src";
  const named: string[] = [];
  for (const line of (section.split("\n## ")[0] ?? "").split("\n")) {
    const wing = /^\*\*`([\w/-]+)`/u.exec(line)?.[1];
    if (wing !== undefined) base = wing;
    else if (line.startsWith("**")) base = "mcp-server/src";
    const [, cell = "", rest = ""] = /^\| (`[^|]*) \| (.*)$/u.exec(line) ?? [];
    const rooms = [...cell.matchAll(/`([\w./-]+)`/gu)].map(([, name = ""]) => place(base, name));
    const [room = ""] = rooms;
    const files = [...rest.matchAll(/`([\w-]+(?:\.ts|\/))`/gu)].map(([, name = ""]) => join(room, name));
    named.push(...rooms, ...(room.endsWith(".ts") ? [] : files));
  }
  expect(named.filter((name) => !existsSync(join(PLUGIN_ROOT, name)))).toEqual([]);
  const wings = ["mcp-server/src/trace", "mcp-server/src/audit"].flatMap((wing) =>
    readdirSync(join(PLUGIN_ROOT, wing), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `${wing}/${name}/`),
  );
  expect(wings.filter((room) => !named.includes(room))).toEqual([]);

  function place(folder: string, name: string): string {
    if (name.startsWith("hooks/")) return name;
    return existsSync(join(PLUGIN_ROOT, folder, name)) ? join(folder, name) : join("hooks/src", name);
  }
});

test("the examples in docs/architecture.md work, followed word for word in a copy of the project", async () => {
  const { copy, tests } = followDocument(read(ARCHITECTURE));
  expect(tests).toHaveLength(3);
  await runIn(copy, "tsc");
  await runIn(copy, "vitest", "run", ...tests, "test/trace/summary-doc.test.ts");
});

/** Runs a tool of the project. Throws, with what it printed, when it fails. */
async function runIn(cwd: string, tool: string, ...args: readonly string[]): Promise<void> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("VITEST")));
  try {
    await promisify(execFile)(join(PLUGIN_ROOT, "node_modules/.bin", tool), args, { cwd, env });
  } catch (error) {
    const { stdout, stderr } = z.looseObject({ stdout: z.string(), stderr: z.string() }).parse(error);
    throw new Error(`${tool} failed:\n${stdout}${stderr}`, { cause: error });
  }
}

describe("the checks above", () => {
  const source = "a\nb\nc\nd";
  test("see a line that is not there, or not in its place", () => {
    expect(firstForeignLine("b\n  c", source)).toBeNull();
    expect(firstForeignLine("a\n…\nd", source)).toBeNull();
    expect(firstForeignLine("a\nd", source)).toBe("d");
    expect(firstForeignLine("c\n…\na", source)).toBe("a");
    expect(() => withAddedLines(source, " c\n+x\n b")).toThrow('no line "b"');
    expect(withAddedLines(source, " b\n+x\n d\n+y")).toBe("a\nb\nx\nc\nd\ny");
  });

  test("see a link to a file or heading that is not there", () => {
    const links = "[a](docs/gone.md) [b](#gone) [c](docs/summary.md#fields) [d](docs/summary.md#gone) [e](https://x.y)";
    expect(brokenLinks("README.md", links)).toEqual(["docs/gone.md", "#gone", "docs/summary.md#gone"]);
    expect(anchorsOf("# A `b` — C: d\n## Twice\n## Twice")).toEqual(["a-b--c-d", "twice", "twice-1"]);
  });
});

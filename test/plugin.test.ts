import { build } from "esbuild";
import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { staleFiles } from "../mcp-server/scripts/bundle.ts";
import { PACKAGE } from "../mcp-server/scripts/package.ts";
import { temporaryFolder } from "./support/files/temporary.ts";
import { PLUGIN_ROOT } from "./support/files/plugin-root.ts";
import { startServer } from "./support/mcp/client.ts";

const read = (path: string): string => readFileSync(join(PLUGIN_ROOT, path), "utf8");
const Manifest = z.looseObject({ name: z.string(), version: z.string() });
const Package = Manifest.extend({
  dependencies: z.record(z.string(), z.string()).optional(),
  packageManager: z.string().optional(),
});
const packageJson = Package.parse(JSON.parse(read("package.json")));
const pluginJson = Manifest.parse(JSON.parse(read(".claude-plugin/plugin.json")));

/** Every file that git holds, or would hold: what a user's copy of the plugin consists of. */
const shipped = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: PLUGIN_ROOT,
  encoding: "utf8",
})
  .split("\n")
  .filter((path) => path !== "" && existsSync(join(PLUGIN_ROOT, path)));

test("package, plugin and server have one version", async () => {
  const server = await startServer({ env: {}, cwd: temporaryFolder("project") });
  try {
    expect(pluginJson.version).toBe(packageJson.version);
    expect(server.client.getServerVersion()?.version).toBe(packageJson.version);
  } finally {
    await server.close();
  }
});

if (existsSync(join(PLUGIN_ROOT, "CHANGELOG.md"))) {
  test("the newest heading of the changelog is that version", () => {
    const versions = [...read("CHANGELOG.md").matchAll(/^## \[?v?(\d+\.\d+\.\d+)/gmu)].map(([, version]) => version);
    expect(versions[0]).toBe(packageJson.version);
  });
}

test("the plugin and the marketplace's only entry have one name, and what it installs is the package", () => {
  const Marketplace = z.looseObject({ plugins: z.array(z.looseObject({ name: z.string(), source: z.string() })) });
  const { plugins } = Marketplace.parse(JSON.parse(read(".claude-plugin/marketplace.json")));
  expect(plugins.map(({ name, source }) => ({ name, source }))).toEqual([
    { name: pluginJson.name, source: `./${PACKAGE}` },
  ]);
  expect(packageJson.name).toBe(pluginJson.name);
});

test("docs/compatibility.md says which Claude Code the plugin needs, as the manifest holds it", () => {
  const { engines } = Manifest.extend({ engines: z.strictObject({ "claude-code": z.string() }) }).parse(pluginJson);
  const [, oldest = ""] = /^>=(\d+\.\d+\.\d+)$/u.exec(engines["claude-code"]) ?? [];
  expect(read("docs/compatibility.md")).toContain(`Claude Code ${oldest} or later`);
});

test("Claude Code has nothing to install: no dependencies, and no lockfile but pnpm's", () => {
  expect(packageJson.dependencies ?? {}).toEqual({});
  const lockfiles = /^(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|bun\.lockb?|pnpm-lock\.yaml)$/u;
  expect(shipped.filter((path) => lockfiles.test(path))).toEqual(["pnpm-lock.yaml"]);
  expect(packageJson.packageManager).toBeUndefined();
});

test("opening the repository adds no project configuration to anybody's Claude Code", () => {
  expect(shipped).not.toContain(".mcp.json");
  const instructions = join(PLUGIN_ROOT, "CLAUDE.md");
  // A regular file at the root would be taken for a part of the plugin.
  if (shipped.includes("CLAUDE.md")) expect(lstatSync(instructions).isSymbolicLink()).toBe(true);
});

test("all that the plugin runs on is shipped", () => {
  const needed = [
    ".claude-plugin/icon.png",
    ".claude-plugin/marketplace.json",
    ".claude-plugin/plugin.json",
    "LICENSE",
    "README.md",
    "agents/prompt-engineer.md",
    "agents/refactoring-specialist.md",
    "commands/audit/SKILL.md",
    "commands/plop/SKILL.md",
    "hooks/dist/audit-calls.mjs",
    "hooks/dist/main.mjs",
    "hooks/dist/others.mjs",
    "hooks/dist/plop-calls.mjs",
    "hooks/dist/prompt.mjs",
    "hooks/hooks.json",
    "mcp-server/dist/LICENSES.txt",
    "mcp-server/dist/main.mjs",
    "mcp-server/dist/server.mjs",
  ];
  expect(needed.filter((path) => !shipped.includes(path))).toEqual([]);
  const packed = needed.filter((path) => !/marketplace\.json$|README\.md$/u.test(path)).toSorted();
  expect(shipped.filter((path) => path.startsWith(`${PACKAGE}/`)).toSorted()).toEqual(
    packed.map((path) => `${PACKAGE}/${path}`),
  );
});

test("what the manifest and the hooks start is shipped", () => {
  const starters = [
    ".claude-plugin/plugin.json",
    "hooks/hooks.json",
    "commands/audit/SKILL.md",
    "commands/plop/SKILL.md",
  ];
  const started = starters
    .map(read)
    .flatMap((text) => [...text.matchAll(/\$\{CLAUDE_PLUGIN_ROOT\}\/([^"]+)/gu)].map(([, path = ""]) => path));
  expect(started).toContain("mcp-server/dist/main.mjs");
  expect(started.filter((path) => !shipped.includes(path))).toEqual([]);
});

const BUNDLES = [
  "hooks/dist/audit-calls.mjs",
  "hooks/dist/main.mjs",
  "hooks/dist/others.mjs",
  "hooks/dist/plop-calls.mjs",
  "hooks/dist/prompt.mjs",
  "mcp-server/dist/main.mjs",
  "mcp-server/dist/server.mjs",
];

test("the bundles import nothing but Node's own modules", async () => {
  const { metafile } = await build({
    absWorkingDir: PLUGIN_ROOT,
    entryPoints: ["mcp-server/dist/main.mjs", "hooks/dist/main.mjs"],
    outdir: ".",
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    logLevel: "error",
    metafile: true,
    write: false,
  });
  const inputs = Object.keys(metafile.inputs);
  expect(inputs.toSorted()).toEqual(BUNDLES);
  const imported = Object.values(metafile.inputs)
    .flatMap(({ imports }) => imports.map(({ path }) => path))
    .filter((path) => !inputs.includes(path));
  expect(imported.filter((path) => isBuiltin(path))).not.toEqual([]);
  expect(imported.filter((path) => !isBuiltin(path))).toEqual([]);
});

test("the committed bundles are what a fresh build gives", async () => {
  expect(await staleFiles()).toEqual([]);
});

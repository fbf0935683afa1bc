import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { temporaryFolder } from "../files/temporary.ts";
import { PLUGIN_ROOT } from "../files/plugin-root.ts";
import { EVERY_PROJECT, KEYS } from "../mcp/client.ts";

/** Where the cases lie, as `experimental.evals` in the manifest says. */
export const EVALS = "test/evals";

const Manifest = z.looseObject({
  mcpServers: z.looseObject({ langfuse: z.looseObject({ env: z.record(z.string(), z.string()) }) }),
});

/** The cases of test/evals. */
export function caseNames(): readonly string[] {
  return readdirSync(join(PLUGIN_ROOT, EVALS), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "results")
    .map(({ name }) => name)
    .toSorted();
}

/** A copy of the plugin to evaluate. */
export type Staging = {
  /** The stand-in for Langfuse that its server reads from: no variable of the caller's reaches a server in an evaluation. */
  readonly langfuse: string;
  /** Without them nothing but a grader notices what a model does wrong. */
  readonly hooks?: boolean;
  /** Each case once for each of these; the model is told in its system prompt which it plays. All cases once by default. */
  readonly variants?: Readonly<Record<string, readonly string[]>>;
};

/** Copies the plugin as it is installed into a temporary folder, and points its server at a stand-in. */
export function stagePlugin({ langfuse, hooks = true, variants }: Staging): string {
  const folder = temporaryFolder("plugin");
  const shipped = [".claude-plugin", "agents", "commands", "hooks", "mcp-server/dist", "README.md", "LICENSE"];
  for (const path of shipped.filter((path) => hooks || path !== "hooks")) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(PLUGIN_ROOT, path), join(folder, path), { recursive: true });
  }
  if (!hooks) dropCommandHooks(folder);
  const manifest = join(folder, ".claude-plugin", "plugin.json");
  const parsed = Manifest.parse(JSON.parse(readFileSync(manifest, "utf8")));
  const server = { ...parsed.mcpServers.langfuse, env: { ...EVERY_PROJECT, ...KEYS, LANGFUSE_BASE_URL: langfuse } };
  writeFileSync(manifest, JSON.stringify({ ...parsed, mcpServers: { langfuse: server } }));
  rmSync(join(folder, ".claude-plugin", "marketplace.json"), { force: true });
  for (const name of caseNames()) {
    if (variants === undefined) cpSync(join(PLUGIN_ROOT, EVALS, name), join(folder, EVALS, name), { recursive: true });
    else for (const variant of variants[name] ?? []) copyCase(folder, name, variant);
  }
  return folder;
}

/** Takes the hooks out of the commands' frontmatter: with `onFailure: block` they refuse every call while their program is missing. */
function dropCommandHooks(folder: string): void {
  for (const name of readdirSync(join(folder, "commands"))) {
    const file = join(folder, "commands", name, "SKILL.md");
    const text = readFileSync(file, "utf8");
    const without = text.replace(/^hooks:\n(?:[ \t]+.*\n)+/mu, "");
    if (without === text)
      throw new Error(`No hooks were found in ${file}. If their form has changed, adapt dropCommandHooks.`);
    writeFileSync(file, without);
  }
}

function copyCase(folder: string, name: string, variant: string): void {
  const target = join(folder, EVALS, toVariant(name, variant));
  cpSync(join(PLUGIN_ROOT, EVALS, name), target, { recursive: true });
  const file = join(target, "case.yaml");
  const text = readFileSync(file, "utf8")
    .replace(/^name: .*$/mu, `name: ${toVariant(name, variant)}`)
    .replace(/^execution:$/mu, `execution:\n  append_system_prompt: "Evaluation: ${toVariant(name, variant)}."`);
  writeFileSync(file, text);
}

function toVariant(name: string, variant: string): string {
  return `${name}--${variant}`;
}

/** Which variant of which case a system prompt belongs to, or null. */
export function readVariant(system: string): { readonly name: string; readonly variant: string } | null {
  const [, name, variant] = /Evaluation: ([\w-]+?)--([\w-]+)\./u.exec(system) ?? [];
  return name === undefined || variant === undefined ? null : { name, variant };
}

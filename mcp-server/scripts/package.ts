import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./root.ts";

/**
 * What the marketplace installs. Claude Code copies the whole folder that a marketplace names, with tests and node_modules,
 * and no manifest leaves anything out. So that folder holds what runs, and nothing else.
 */
export const PACKAGE = ".claude-plugin/package";

/** What runs beside the bundles. Links instead of copies would not reach Windows, and `plugin validate` refuses them. */
const FOLDERS = ["agents", "commands"];
const FILES = ["hooks/hooks.json", ".claude-plugin/icon.png", "LICENSE"];

/** The package's files: path below the root -> content. `bundles`: the same of the bundles. */
export function toPackage(bundles: ReadonlyMap<string, Buffer>): ReadonlyMap<string, Buffer> {
  const copied = [...FOLDERS.flatMap(filesBelow), ...FILES].map((path) => [path, read(path)] as const);
  const files = [...bundles, ...copied, [".claude-plugin/plugin.json", manifest()] as const];
  return new Map(files.map(([path, content]) => [`${PACKAGE}/${path}`, content]));
}

/** The manifest without what only a clone has: the evals. */
function manifest(): Buffer {
  const parsed: Record<string, unknown> = JSON.parse(read(".claude-plugin/plugin.json").toString("utf8"));
  delete parsed["experimental"];
  return Buffer.from(`${JSON.stringify(parsed, null, 2)}\n`);
}

/** The files below a folder, as paths below the root with forward slashes. */
export function filesBelow(folder: string): readonly string[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(`${folder}/${entry.name}`) : [`${folder}/${entry.name}`]))
    .toSorted();
}

function read(path: string): Buffer {
  return readFileSync(join(ROOT, path));
}

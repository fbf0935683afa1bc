import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { LATEST_PROTOCOL_VERSION, SUPPORTED_PROTOCOL_VERSIONS } from "@modelcontextprotocol/sdk/types.js";
import { build, type Metafile, type Plugin } from "esbuild";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Opening } from "../src/opening.ts";
import { createServer } from "../src/server.ts";
import { filesBelow, PACKAGE, toPackage } from "./package.ts";
import { ROOT } from "./root.ts";

/** The sets of handlers, a bundle each. */
const SETS = readdirSync(join(ROOT, "hooks/src/sets")).map((file) => basename(file, ".ts"));

/** The version in package.json, which is the product's. */
export function readVersion(): string {
  const { version }: { version?: unknown } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  if (typeof version !== "string") throw new Error("package.json has no version");
  return version;
}

/** The committed files that are generated: path below the root -> content. */
export async function generate(): Promise<ReadonlyMap<string, Buffer>> {
  const bundles = await bundle();
  return new Map([...bundles, ...toPackage(bundles)]);
}

async function bundle(): Promise<ReadonlyMap<string, Buffer>> {
  const version = readVersion();
  const define = { OPENING: JSON.stringify(await recordOpening(version)), VERSION: JSON.stringify(version) };
  const options = { absWorkingDir: ROOT, bundle: true, platform: "node", format: "esm", minify: true, define } as const;
  const common = {
    ...options,
    outdir: ".",
    outExtension: { ".js": ".mjs" },
    legalComments: "none",
    write: false,
  } as const;
  const [started, loaded] = await Promise.all([
    // What says that Node is too old has to run on it: 12.20 is the first that loads modules as these two do.
    build({
      ...common,
      entryPoints: [
        { in: "mcp-server/src/start.ts", out: "mcp-server/dist/main" },
        { in: "hooks/src/start.ts", out: "hooks/dist/main" },
      ],
      target: "node12.20",
      metafile: true,
      plugins: [lean("module"), apart],
      banner: { js: requireFrom("module") },
    }),
    build({
      ...common,
      entryPoints: [
        { in: "mcp-server/src/main.ts", out: "mcp-server/dist/server" },
        ...SETS.map((set) => ({ in: `hooks/src/sets/${set}.ts`, out: `hooks/dist/${set}` })),
      ],
      target: "node20",
      metafile: true,
      plugins: [lean("node:module")],
      banner: { js: requireFrom("node:module") },
    }),
  ]);
  const files = new Map<string, Buffer>();
  for (const { path, text } of [...started.outputFiles, ...loaded.outputFiles])
    files.set(path.slice(ROOT.length).replaceAll("\\", "/"), Buffer.from(text));
  files.set("mcp-server/dist/LICENSES.txt", Buffer.from(toLicenses(loaded.metafile)));
  return files;
}

/** The CommonJS packages in a bundle ask for built-in modules with require. */
function requireFrom(module: string): string {
  return `import{createRequire as __createRequire}from'${module}';const require=__createRequire(import.meta.url);`;
}

/** What is loaded once Node is known to be new enough lies in a bundle of its own. */
const apart: Plugin = {
  name: "apart",
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\.\/main\.ts$/, namespace: "file" }, () => ({ path: "./server.mjs", external: true }));
    onResolve({ filter: /^\.\/sets\/.+\.ts$/, namespace: "file" }, ({ path }) => ({
      path: `./${basename(path, ".ts")}.mjs`,
      external: true,
    }));
  },
};

/**
 * Node's start grows with what it has to parse and link, so the bundle leaves out what this server never runs: zod's
 * other languages and its version 3, and the JSON Schema validator that the SDK keeps for elicitation. Node's own
 * modules are required where they are used, because static imports are linked at the start even from lazy code.
 */
const lean = (prefix: "node:module" | "module"): Plugin => ({
  name: "lean",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^node:/ }, ({ path, namespace }) =>
      namespace === "builtin" ? { external: true } : { path, namespace: "builtin" },
    );
    onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({
      contents: `module.exports = require("${prefix === "module" ? path.slice("node:".length) : path}")`,
      loader: "js",
    }));
    onResolve({ filter: /\/validation\/ajv-provider\.js$/ }, ({ path }) => ({ path, namespace: "unused" }));
    onResolve({ filter: /^zod\/v3$|^zod-to-json-schema$|\/locales\/index\.js$/ }, ({ path }) => ({
      path,
      namespace: "unused",
    }));
    onLoad({ filter: /.*/, namespace: "unused" }, () => ({
      contents: "exports.AjvJsonSchemaValidator = class {}",
      loader: "js",
    }));
  },
});

/** Asks the real server for its opening answers, over a real client, so that the record cannot drift from the SDK. */
async function recordOpening(version: string): Promise<Opening> {
  const unused = (): never => {
    throw new Error("no tool is called while recording");
  };
  const server = createServer({
    version,
    auditor: { place: unused, audit: unused, recall: unused, scan: unused, summaryOf: unused },
    write: unused,
  });
  const [near, far] = InMemoryTransport.createLinkedPair();
  const answers = new Map<unknown, object>();
  near.onmessage = (message) => {
    if ("id" in message && "result" in message) answers.set(message.id, message.result);
    else if ("id" in message && "error" in message) answers.set(message.id, message.error);
  };
  await server.connect(far);
  await near.start();
  const params = { protocolVersion: LATEST_PROTOCOL_VERSION, capabilities: {}, clientInfo: { name: "build", version } };
  await near.send({ jsonrpc: "2.0", id: 1, method: "initialize", params });
  await near.send({ jsonrpc: "2.0", id: 2, method: "tools/list" });
  await near.send({ jsonrpc: "2.0", id: 3, method: "server/discover" });
  await new Promise((resolve) => setTimeout(resolve, 50));
  const [initialize, toolsList, unknownMethod] = [1, 2, 3].map((id) => answers.get(id));
  if (!initialize || !toolsList || !unknownMethod) throw new Error("the server did not answer its opening");
  await server.close();
  return { protocolVersions: SUPPORTED_PROTOCOL_VERSIONS, initialize, toolsList, unknownMethod };
}

/** The licences of the packages that the bundle holds, by name. */
function toLicenses({ inputs }: Metafile): string {
  const packages = new Map<string, string>();
  for (const input of Object.keys(inputs)) {
    const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//u.exec(input)?.[1];
    if (folder !== undefined) packages.set(folder.slice(folder.lastIndexOf("node_modules/") + 13), join(ROOT, folder));
  }
  const texts = [...packages]
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, folder]) => {
      const file = readdirSync(folder).find((entry) => /^licen[cs]e/iu.test(entry));
      const { license, version }: { license?: unknown; version?: unknown } = JSON.parse(
        readFileSync(join(folder, "package.json"), "utf8"),
      );
      const text = file === undefined ? `Licence: ${String(license)}` : readFileSync(join(folder, file), "utf8").trim();
      return `${name} ${String(version)}\n\n${text}\n`;
    });
  return `The bundled server contains these packages.\n\n${texts.join(`\n${"-".repeat(80)}\n\n`)}`;
}

/** Paths of generated files that differ from what a fresh build gives. */
export async function staleFiles(): Promise<readonly string[]> {
  const fresh = await generate();
  const left = filesBelow(PACKAGE).filter((path) => !fresh.has(path));
  const changed = [...fresh].filter(
    ([path, content]) => !existsSync(join(ROOT, path)) || !readFileSync(join(ROOT, path)).equals(content),
  );
  return [...left, ...changed.map(([path]) => path)];
}

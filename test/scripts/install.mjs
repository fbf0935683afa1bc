// Installs what the scripts need, once: pnpm from the lockfile, nothing global.
// Plain JavaScript for the Node that is there, because it runs before anything is installed.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path) => (existsSync(root + path) ? readFileSync(root + path, "utf8") : null);

// pnpm keeps a copy of the lockfile it installed from; equal means up to date.
const isInstalled = read("node_modules/.pnpm/lock.yaml") === read("pnpm-lock.yaml");
if (!isInstalled) {
  console.error("Installing the development dependencies with pnpm 10 (once) …");
  const { status } = spawnSync(
    "npx",
    ["-y", "pnpm@10", "install", "--frozen-lockfile", "--config.verify-deps-before-run=false"],
    {
      cwd: root,
      stdio: ["ignore", 2, 2],
      shell: process.platform === "win32",
      env: { ...process.env, CI: "true" },
    },
  );
  if (status !== 0) {
    console.error(
      "The installation failed. The lines above say why; most often the npm registry could not be reached. Run the command again when it can.",
    );
    process.exit(status ?? 1);
  }
  removeHeaders();
}

/** Node's package has 67 MB of headers, for who compiles native modules. */
function removeHeaders() {
  const folder = `${root}node_modules/node/node_modules`;
  for (const name of existsSync(folder) ? readdirSync(folder) : [])
    if (name.startsWith("node-")) rmSync(`${folder}/${name}/include`, { recursive: true, force: true });
}

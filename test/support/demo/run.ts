import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { PLUGIN_ROOT } from "../files/plugin-root.ts";

/** Runs the demo and returns what it prints on a terminal with colours. Throws, with the output, when it fails. */
export async function runDemo(): Promise<string> {
  const tsx = join(PLUGIN_ROOT, "node_modules/.bin/tsx");
  const { NO_COLOR: _off, ...env } = process.env;
  const options = { cwd: PLUGIN_ROOT, env: { ...env, TERM: "xterm", FORCE_COLOR: "1" } };
  const { stdout } = await promisify(execFile)(tsx, [join(PLUGIN_ROOT, "test/scripts/demo.ts")], options);
  return stdout;
}

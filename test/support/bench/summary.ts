import { build } from "esbuild";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "../../../mcp-server/scripts/root.ts";
import { temporaryFolder } from "../files/temporary.ts";

type Parts = Pick<typeof import("../../../mcp-server/src/trace/rows/reducer.ts"), "createTraceReducer"> &
  Pick<typeof import("../../../mcp-server/src/trace/summary/summary.ts"), "assess">;

/** What makes a summary of rows, bundled as it ships: tsx names each function when it is made, which costs a tenth. */
export async function bundleSummary(): Promise<Parts> {
  const outfile = join(temporaryFolder("bench-summary"), "summary.mjs");
  const contents = `
    export { createTraceReducer } from "./mcp-server/src/trace/rows/reducer.ts";
    export { assess } from "./mcp-server/src/trace/summary/summary.ts";`;
  const stdin = { contents, resolveDir: ROOT, loader: "ts" } as const;
  await build({ stdin, outfile, bundle: true, format: "esm", platform: "node", minify: true, logLevel: "error" });
  const parts: Parts = await import(pathToFileURL(outfile).href);
  return parts;
}

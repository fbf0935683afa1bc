import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Exchange } from "../support/claude/run.ts";
import { estimateTokens } from "../support/claude/answer.ts";
import { recentTraces } from "../support/demo/traces.ts";
import { PLUGIN_ROOT } from "../support/files/plugin-root.ts";
import { type FakeLangfuse, startFakeLangfuse } from "../support/langfuse/stand-in.ts";
import { exported, runAudit } from "../support/replay/session.ts";

/** Dollars for a million tokens, the example that README states: input, what the cache keeps, what it gives back, output. */
const PRICE = { input: 3, write: 3.75, read: 0.3, output: 15 };
/** A figure in README may be off by this share: tokens are counted as four characters each, and CLIs differ. */
const TOLERANCE = 0.2;

let langfuse: FakeLangfuse;
beforeAll(async () => {
  const traces = recentTraces(["official-plugin-v1/rich-default"]);
  langfuse = await startFakeLangfuse({ generation: "v4-dual", traces });
});
afterAll(() => langfuse.close());

/** What the Messages API is sent of a request, in the order in which its cache looks for a known beginning. */
const toText = ({ body: { tools, system, messages } }: Exchange): string => JSON.stringify([tools, system, messages]);

function sharedLength(left: string, right: string): number {
  let at = 0;
  while (at < left.length && left[at] === right[at]) at += 1;
  return at;
}

/** Input, output and cached tokens of an audit, and its price in dollars. */
function measure(exchanges: readonly Exchange[]) {
  const before = new Map<string | null, string>();
  const sum = { requests: exchanges.length, input: 0, cached: 0, output: 0 };
  for (const exchange of exchanges) {
    const text = toText(exchange);
    sum.input += Math.ceil(text.length / 4);
    sum.cached += Math.floor(sharedLength(text, before.get(exchange.agentId) ?? "") / 4);
    sum.output += estimateTokens(exchange.answer);
    before.set(exchange.agentId, text);
  }
  const fresh = sum.input - sum.cached;
  return { ...sum, dollars: (fresh * PRICE.write + sum.cached * PRICE.read + sum.output * PRICE.output) / 1e6 };
}

test("README says what an audit costs, as measured", async () => {
  const { requests } = await runAudit("/audit last", { env: exported(langfuse.url) });
  const measured = measure(requests);
  const stated =
    /(\d+) requests to the model and about ([\d,]+) input tokens, ([\d,]+) of them from the cache.*?\$(\d+\.\d+)/u.exec(
      readFileSync(join(PLUGIN_ROOT, "README.md"), "utf8"),
    );
  const [count, input, cached, dollars] = (stated ?? []).slice(1).map((figure) => Number(figure.replaceAll(",", "")));
  const shown = JSON.stringify(measured);
  expect(count, shown).toBe(measured.requests);
  expectNear(input, measured.input, shown);
  expectNear(cached, measured.cached, shown);
  expectNear(dollars, measured.dollars, shown);
});

function expectNear(stated: number | undefined, measured: number, shown: string): void {
  expect(Math.abs((stated ?? 0) - measured), shown).toBeLessThanOrEqual(measured * TOLERANCE);
}

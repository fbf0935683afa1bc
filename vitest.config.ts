import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/support/files/longest-first.ts";

export default defineConfig({
  test: {
    // vitest's default leaves one core out, which on a machine with two is half of it. One more works while others wait.
    maxWorkers: availableParallelism() + 1,
    // Each file loads the same zod, SDK and sources; no test changes what a module holds.
    isolate: false,
    unstubEnvs: true,
    globalSetup: "test/support/files/run-folder.ts",
    sequence: { sequencer: LongestFirst },
    // Most tests start processes, which on a busy machine take ten times as long.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});

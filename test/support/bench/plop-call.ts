import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { temporaryFolder } from "../files/temporary.ts";
import { openPlopSession } from "../hook/plop.ts";
import { runHook } from "../hook/session.ts";

/** Milliseconds of each call that the guard of a running `/plop` judges, and of a Node that runs nothing, in turn. */
export type CallTimes = { readonly judged: readonly number[]; readonly bare: readonly number[] };

/** Times some calls as the frontmatter of `/plop` has them judged: the process is started anew for each. */
export async function timePlopCalls(count: number): Promise<CallTimes> {
  const [id, TMPDIR] = [randomUUID(), temporaryFolder("tmp")];
  const session = openPlopSession(undefined, undefined, id, { TMPDIR });
  await session.prompt("/plop");
  const event = {
    hook_event_name: "PreToolUse",
    session_id: id,
    prompt_id: `${id}-turn-1`,
    cwd: session.project,
    tool_name: "Edit",
    tool_input: { file_path: join(session.project, "CLAUDE.md"), old_string: "# calc", new_string: "# PLAN calc" },
  };
  const [judged, bare]: [number[], number[]] = [[], []];
  for (let at = 0; at < count; at += 1) {
    bare.push(await time(() => once(spawn(process.execPath, ["-e", "0"], { stdio: "ignore" }), "exit")));
    judged.push(
      await time(async () => {
        const { permission } = await runHook(event, { CLAUDE_PROJECT_DIR: session.project, TMPDIR }, "plop");
        if (permission !== "allow") throw new Error(`the call was not judged as it should be: ${permission}`);
      }),
    );
  }
  return { judged, bare };
}

async function time(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

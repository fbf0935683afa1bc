import { join } from "node:path";
import { openPlopSession } from "../hook/plop.ts";

/** Milliseconds of each of some calls that the guard of a running `/plop` judges, Node's start included. */
export async function timePlopCalls(count: number): Promise<readonly number[]> {
  const session = openPlopSession();
  await session.prompt("/plop");
  const times: number[] = [];
  for (let at = 0; at < count; at += 1) {
    const start = performance.now();
    await session.call("Edit", { file_path: join(session.project, "CLAUDE.md"), old_string: "a", new_string: "b" });
    times.push(performance.now() - start);
  }
  return times;
}

import { spawnSync } from "node:child_process";

/** Makes a named pipe that nobody writes to: whoever opens it to read waits. */
export function makePipe(path: string): void {
  const { status } = spawnSync("mkfifo", [path]);
  if (status !== 0) throw new Error(`no pipe could be made at ${path}`);
}

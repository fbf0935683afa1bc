import { lstatSync } from "node:fs";
import { join } from "node:path";
import { PLAN_PATH } from "../audit/layout/places.ts";
import { readPlain, type Content } from "./files.ts";

/** More than any plan, or any file of prompts, needs. */
export const MAX_BYTES = 1_000_000;

/** The plan's content, or null without one. Throws when a link stands in its place or above it, and above 1,000,000 bytes. */
export function readPlan(projectFolder: string): Content | null {
  const steps = PLAN_PATH.split("/");
  for (const depth of steps.keys()) {
    const path = steps.slice(0, depth + 1).join("/");
    const isFolder = depth < steps.length - 1;
    const stats = lstatSync(join(projectFolder, path), { throwIfNoEntry: false });
    if (stats === undefined) return null;
    if (isFolder ? !stats.isDirectory() : !stats.isFile())
      throw new Error(`${path} is a link or no plain ${isFolder ? "folder" : "file"}, and links are not followed`);
  }
  return readContent(join(projectFolder, PLAN_PATH));
}

/** A file of prompts as the plan has it: its content, or null without one. Throws as `readPlan` does. */
export function readContent(file: string): Content | null {
  return readPlain(file, MAX_BYTES);
}

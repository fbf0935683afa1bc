import { lstatSync } from "node:fs";
import { basename, join } from "node:path";
import { AUDITS, PLAN_PATH } from "../audit/layout/places.ts";
import { openFolder, readPlain, replaceFile, toSha256, toWriteError, type Content } from "./files.ts";

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

/** Puts a text in the plan's place, atomically. Throws an AuditError when a link stands in the way, or it cannot be written. */
export function replacePlan(projectFolder: string, text: string): Content {
  try {
    replaceFile(openFolder(projectFolder, AUDITS), basename(PLAN_PATH), text);
    return { text, sha256: toSha256(text) };
  } catch (error) {
    throw toWriteError(error, "plan", PLAN_PATH);
  }
}

/** A file of prompts as the plan has it: its content, or null without one. Throws as `readPlan` does. */
export function readContent(file: string): Content | null {
  return readPlain(file, MAX_BYTES);
}

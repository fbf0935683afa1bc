import type { Metadata } from "./metadata.ts";
import { isRecord, own, scalarText, toValue, type JsonRecord } from "../values/json.ts";

/** What a row says of where its run took place. */
export type Place = {
  /**
   * `folder` is a path; `encoded` Claude Code's name for one, in which everything but letters and digits is a dash;
   * `repository` a remote's address or the end of one; `name` what somebody called the project.
   */
  readonly kind: "folder" | "encoded" | "repository" | "name";
  readonly value: string;
};

/** The keys that say it, without their exporter's prefix; `project` and a transcript's path are looked into. */
const KEYS: ReadonlyMap<string, Place["kind"] | "project" | "transcript"> = new Map([
  // The folder that the agent worked in: Langfuse's plugin, cc-langfuse and BAEM1N's hook write the first, pace-maker the second.
  ...["cwd", "project_path", "project_dir", "working_directory", "workspace_path"].map(
    (key) => [key, "folder"] as const,
  ),
  // OpenTelemetry's names, and what people call it in hooks of their own.
  ...["vcs.repository.url.full", "vcs.repository.name", "repository", "repository_url", "repo", "repo_url"].map(
    (key) => [key, "repository"] as const,
  ),
  ...["repo_remote", "git_remote", "git_remote_url", "git_repo", "git_repository", "git.remote", "git.repository"].map(
    (key) => [key, "repository"] as const,
  ),
  ["project_name", "name"],
  ["project.name", "name"],
  ["project", "project"],
  ["transcript_path", "transcript"],
]);
/** `resourceAttributes` is what a sender says of itself, with `OTEL_RESOURCE_ATTRIBUTES`. */
const PREFIX = /^(?:attributes\.)?(?:claude\.|langsmith\.metadata\.|resourceAttributes\.)?/u;
/** Longer than any path that a system opens. */
const MAX_VALUE = 4096;
const NOWHERE: readonly Place[] = [];

/** Where a run took place, by what a row's metadata says of it; empty when that is not recorded. */
export function placesOf({ top, attributes }: Metadata): readonly Place[] {
  const resource = toValue(own(top, "resourceAttributes"));
  const found = [...placesIn(top), ...placesIn(attributes), ...(isRecord(resource) ? placesIn(resource) : NOWHERE)];
  return found.length > 0 ? found : NOWHERE;
}

function placesIn(record: JsonRecord): readonly Place[] {
  let found: Place[] | null = null;
  for (const key in record) {
    const kind = KEYS.get(key) ?? (key.includes(".") ? KEYS.get(key.replace(PREFIX, "")) : undefined);
    if (kind === undefined) continue;
    const place = toPlace(kind, (scalarText(record[key]) ?? "").trim());
    if (place !== null && place.value.length <= MAX_VALUE && /[\p{L}\p{N}/\\~]/u.test(place.value))
      (found ??= []).push(place);
  }
  return found ?? NOWHERE;
}

function toPlace(kind: Place["kind"] | "project" | "transcript", value: string): Place | null {
  if (kind === "project") return { kind: kindOf(value), value };
  if (kind !== "transcript") return { kind, value };
  // `…/.claude/projects/<folder>/<session>.jsonl`; Langfuse's plugin writes the file's name alone.
  const folder = /[\\/]projects[\\/]([^\\/]+)[\\/]/u.exec(value)?.[1];
  return folder === undefined ? null : { kind: "encoded", value: folder };
}

/** `project` is a folder, a remote, a name, or (doneyli's template) the end of Claude Code's name for a folder. */
function kindOf(project: string): Place["kind"] {
  if (/:\/\/|^[\w.-]+@[\w.-]+:/u.test(project)) return "repository";
  return /[\\/]/u.test(project) ? "folder" : "encoded";
}

/** Each place once, in an order that depends on them alone. */
export function uniquePlaces(places: readonly Place[]): readonly Place[] {
  const byKey = new Map(places.map((place) => [`${place.kind} ${place.value}`, place]));
  return [...byKey].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, place]) => place);
}

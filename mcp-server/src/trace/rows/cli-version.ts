import { readNested, readText, type Metadata } from "./metadata.ts";
import { scalarText } from "../values/json.ts";

const VERSION = /^\d{1,4}(?:\.\d{1,6}){1,3}[\w.+-]{0,20}$/u;

/**
 * The version of Claude Code that a row names, or null. Claude Code's own telemetry says it as the service's version, and
 * a transcript in each line; the service of any other sender is not Claude Code.
 */
export function cliVersionOf(metadata: Metadata): string | null {
  const service = scalarText(readNested(metadata, "resourceAttributes", "service.name"));
  const version =
    readText(metadata, "claude_code_version") ??
    (service === "claude-code" ? scalarText(readNested(metadata, "resourceAttributes", "service.version")) : null);
  return version !== null && VERSION.test(version) ? version : null;
}

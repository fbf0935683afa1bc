import { Langfuse } from "langfuse";
import { asObject, type LegacyObservation, type LegacyTrace, textOf } from "../langfuse/store.ts";
import type { LiveServer } from "./server.ts";

/**
 * Sends a trace as Langfuse's SDK before version 4 does: batches to `POST /api/public/ingestion`. Returns what went
 * wrong, or null. It knows spans, generations and events only.
 */
export async function sendByOldSdk(server: LiveServer, trace: LegacyTrace): Promise<string | null> {
  const { baseUrl, publicKey, secretKey } = server;
  const langfuse = new Langfuse({ baseUrl, publicKey, secretKey, flushAt: 500, fetchRetryCount: 0 });
  let problem: string | null = null;
  // The SDK only logs what a server refuses inside its 207.
  Object.assign(langfuse, {
    fetch: async (url: string, init: RequestInit): Promise<Response> => {
      const response = await fetch(url, init);
      problem ??= await problemOf(response.clone());
      return response;
    },
  });
  const { name, sessionId, userId, tags, input, output, metadata } = trace;
  langfuse.trace({
    id: trace.id,
    timestamp: new Date(trace.timestamp),
    name: textOf(name) ?? "",
    sessionId: textOf(sessionId),
    userId: textOf(userId),
    tags: Array.isArray(tags) ? tags.map(String) : [],
    input,
    output,
    metadata,
  });
  for (const row of trace.observations) addRow(langfuse, row, trace.id);
  await langfuse.shutdownAsync();
  return problem;
}

async function problemOf(response: Response): Promise<string | null> {
  if (response.status >= 300) return `${response.status}`;
  const body: unknown = await response.json().catch(() => null);
  const { errors } = asObject(body);
  if (!Array.isArray(errors) || errors.length === 0) return null;
  const { status, message } = asObject(errors[0]);
  return `${errors.length} events, ${String(status)} ${textOf(message) ?? ""}`.trim();
}

function addRow(langfuse: Langfuse, row: LegacyObservation, traceId: string): void {
  const parent = textOf(row.parentObservationId);
  const end = textOf(row.endTime);
  const { id, input, output, metadata } = row;
  const body = {
    id,
    traceId,
    name: textOf(row.name) ?? "",
    startTime: new Date(row.startTime),
    input,
    output,
    metadata,
    ...(parent === null ? {} : { parentObservationId: parent }),
    ...(end === null ? {} : { endTime: new Date(end) }),
  };
  if (row.type === "GENERATION") langfuse.generation({ ...body, model: textOf(row.model), usageDetails: toUsage(row) });
  else langfuse.span(body);
}

function toUsage(row: LegacyObservation): Record<string, number> {
  const counts = Object.entries(asObject(row.usageDetails));
  return Object.fromEntries(counts.flatMap(([key, count]) => (typeof count === "number" ? [[key, count]] : [])));
}

import { toOtlp } from "./otlp.ts";
import type { LegacyTrace } from "../langfuse/store.ts";

/** The Langfuse to try, and its keys. */
export interface LiveServer {
  readonly baseUrl: string;
  readonly publicKey: string;
  readonly secretKey: string;
}

/** The server that the environment names; throws what is missing. */
export function toLiveServer(env: Readonly<Record<string, string | undefined>>): LiveServer {
  const baseUrl = env.LANGFUSE_BASE_URL ?? env.LANGFUSE_BASEURL ?? env.LANGFUSE_HOST;
  const { LANGFUSE_PUBLIC_KEY: publicKey, LANGFUSE_SECRET_KEY: secretKey } = env;
  if (!baseUrl || !publicKey || !secretKey)
    throw new Error("Set LANGFUSE_BASE_URL, LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY of a project made for trying.");
  return { baseUrl: baseUrl.replace(/\/+$/u, ""), publicKey, secretKey };
}

/** Whether the server runs on this machine, so that nothing leaves it. */
export function isLoopback({ baseUrl }: LiveServer): boolean {
  const { hostname } = new URL(baseUrl);
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/u.test(hostname);
}

const authorization = ({ publicKey, secretKey }: LiveServer): string =>
  `Basic ${Buffer.from(`${publicKey}:${secretKey}`).toString("base64")}`;

/** Sends a trace over OTLP/HTTP; the answer's status. The header is what SDKs of Langfuse 4 send. */
export async function sendOverOtlp(server: LiveServer, trace: LegacyTrace): Promise<number> {
  const response = await fetch(`${server.baseUrl}/api/public/otel/v1/traces`, {
    method: "POST",
    headers: {
      authorization: authorization(server),
      "content-type": "application/json",
      "x-langfuse-ingestion-version": "4",
    },
    body: JSON.stringify(toOtlp(trace)),
  });
  await response.arrayBuffer();
  return response.status;
}

/** The routes that reading may use, each with the status that the server gives it. */
export async function probe(
  server: LiveServer,
  traceId: string,
): Promise<readonly (readonly [route: string, status: string])[]> {
  const routes = [
    "health",
    `v2/observations?traceId=${traceId}&limit=1`,
    `traces/${traceId}`,
    `observations?traceId=${traceId}&limit=1`,
  ];
  return Promise.all(
    routes.map(async (route) => {
      const response = await fetch(`${server.baseUrl}/api/public/${route}`, {
        headers: { authorization: authorization(server) },
      });
      const type = response.headers.get("content-type")?.split(";")[0] ?? "no type";
      const version = route === "health" ? await versionOf(response) : "";
      return [
        `GET /api/public/${route.replace(/\?.*/u, "").replace(traceId, "{id}")}`,
        `${response.status} ${type}${version}`,
      ] as const;
    }),
  );
}

async function versionOf(response: Response): Promise<string> {
  const found = /"version"\s*:\s*"([^"]{1,30})"/u.exec(await response.text())?.[1];
  return found === undefined ? "" : `, version ${found}`;
}

import { createServer } from "node:http";
import { setTimeout as wait } from "node:timers/promises";

/** A server that sends one JSON body in pieces, `pauseMs` apart; after `stopAfter` pieces it keeps the line open in silence. */
export async function startSlowServer(
  body: string,
  {
    pieces,
    pauseMs,
    stopAfter = pieces,
  }: { readonly pieces: number; readonly pauseMs: number; readonly stopAfter?: number },
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const bytes = Buffer.from(body);
  const size = Math.ceil(bytes.byteLength / pieces);
  const server = createServer((_request, response) => {
    const send = async (): Promise<void> => {
      response.writeHead(200, { "content-type": "application/json", "content-length": bytes.byteLength });
      for (let at = 0; at < stopAfter; at += 1) {
        response.write(bytes.subarray(at * size, (at + 1) * size));
        await wait(pauseMs);
      }
      if (stopAfter >= pieces) response.end();
    };
    send().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeAllConnections();
      await closed;
    },
  };
}

import { readFileSync } from "node:fs";
import { createServer, request as ask, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect } from "node:net";
import { join } from "node:path";
import { PLUGIN_ROOT } from "../files/plugin-root.ts";

const tls = (name: string): string => join(PLUGIN_ROOT, "test/fixtures/tls", name);
/** The certificate of the authority that signed the one of `startTls`. */
export const CA = tls("ca.pem");

export type Running = { readonly url: string; readonly close: () => Promise<void> };

async function listen(server: Server, scheme: "http" | "https"): Promise<Running> {
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const close = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    server.closeAllConnections();
    await closed;
  };
  return { url: `${scheme}://localhost:${port}`, close };
}

/** A server that answers as it is told. */
export async function startHttp(answer: RequestListener): Promise<Running> {
  return listen(createServer(answer), "http");
}

/** A host that only the proxies below know: they take every host for this machine. */
export const HOST = "langfuse.test";

/** A server with a certificate of a private authority, for localhost and HOST, before another one. */
export async function startTls(behind: string): Promise<Running> {
  const options = { key: readFileSync(tls("server.key")), cert: readFileSync(tls("server.pem")) };
  return listen(createTlsServer(options, forwardTo(behind)), "https");
}

const forwardTo =
  (behind: string): RequestListener =>
  (message, response) => {
    const { method, headers, url = "" } = message;
    const to = new URL(url, behind);
    to.hostname = "127.0.0.1";
    const onward = ask(to, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    message.pipe(onward);
  };

export type Proxy = Running & {
  /** The first line of each request so far, without the protocol. */
  readonly asked: readonly string[];
};

/** A proxy as companies have them: it tunnels, and forwards plain HTTP. `user`: as `name:password`, when it wants one. */
export async function startProxy({ user }: { readonly user?: string } = {}): Promise<Proxy> {
  const asked: string[] = [];
  const wanted = user === undefined ? undefined : `Basic ${Buffer.from(user).toString("base64")}`;
  const forward = forwardTo("http://unused");
  const server = createServer((message, response) => {
    asked.push(`${message.method} ${message.url}`);
    if (message.headers["proxy-authorization"] === wanted) return forward(message, response);
    response.writeHead(407, { "proxy-authenticate": "Basic" }).end();
  });
  server.on("connect", (message, socket) => {
    asked.push(`CONNECT ${message.url}`);
    if (message.headers["proxy-authorization"] !== wanted) {
      socket.end("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n");
      return;
    }
    const onward = connect(Number(message.url?.split(":")[1]), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    onward.on("error", () => socket.destroy());
    socket.on("error", () => onward.destroy());
  });
  return { ...(await listen(server, "http")), asked };
}

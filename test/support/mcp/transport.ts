import { getDefaultEnvironment } from "@modelcontextprotocol/sdk/client/stdio.js";
import { ReadBuffer, serializeMessage } from "@modelcontextprotocol/sdk/shared/stdio.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { Environment } from "./client.ts";
import { runShared } from "../shared-process/run.ts";

/** How long a server may take to end after its input, as the SDK's own client gives it. */
const END_MS = 2000;

/** What the SDK's StdioClientTransport does, with a server whose process has served others before it. */
export function connectShared(path: string, env: Environment, cwd: string, onStderr: (text: string) => void) {
  const buffer = new ReadBuffer();
  const program = { path, args: [], env: { ...getDefaultEnvironment(), ...env }, cwd };
  const server = runShared(program, {
    stderr: onStderr,
    stdout: (text) => {
      buffer.append(Buffer.from(text));
      for (let message = buffer.readMessage(); message !== null; message = buffer.readMessage())
        transport.onmessage?.(message);
    },
  });
  const transport: Transport = {
    start: async () => {},
    send: async (message) => server.write(serializeMessage(message)),
    close: async () => {
      server.end();
      const timer = setTimeout(server.kill, END_MS);
      await server.exited;
      clearTimeout(timer);
    },
  };
  void server.exited.then(() => transport.onclose?.());
  return { transport, pid: server.pid };
}

import type { Proxies } from "../../config.ts";

/**
 * A fetch whose requests go through the proxies that are set, but for the hosts that go without: Node's own looks at those
 * variables from version 22.21 on and only when asked to. The agent is loaded for the first request.
 */
export function proxiedFetch(inner: typeof fetch, { http, https, without }: Proxies): typeof fetch {
  const open = async (): Promise<object> => {
    const { default: Agent } = await import("undici/lib/dispatcher/env-http-proxy-agent.js");
    // Plain HTTP is handed to a proxy as it is: many refuse a tunnel to another port than 443.
    return new Agent({ httpProxy: http, httpsProxy: https, noProxy: without, proxyTunnel: false });
  };
  let opened: Promise<object> | undefined;
  return async (input, init) => inner(input, Object.assign({}, init, { dispatcher: await (opened ??= open()) }));
}

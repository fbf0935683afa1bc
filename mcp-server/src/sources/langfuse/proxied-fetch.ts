import type { Dispatcher } from "undici";
import type { Proxies } from "../../config.ts";
import { signOf } from "./failure.ts";

/**
 * A fetch whose requests go through the proxies that are set, but for the hosts that go without: Node's own looks at those
 * variables from version 22.21 on and only when asked to. The agent is loaded for the first request.
 */
export function proxiedFetch(inner: typeof fetch, proxies: Proxies): typeof fetch {
  let opened: Promise<Dispatcher> | undefined;
  return async (input, init) => inner(input, Object.assign({}, init, { dispatcher: await (opened ??= open(proxies)) }));
}

async function open({ http, https, without }: Proxies): Promise<Dispatcher> {
  const { EnvHttpProxyAgent, Pool } = await import("undici");
  // The agent turns a refused tunnel into an aborted request, and the status that says why is lost.
  const clientFactory = (origin: URL, options: object): Dispatcher => {
    const pool = new Pool(origin, options);
    const connect = async (wanted: Dispatcher.ConnectOptions): Promise<Dispatcher.ConnectData> => {
      const answer: Dispatcher.ConnectData = await Reflect.apply(Pool.prototype.connect, pool, [wanted]);
      if (answer.statusCode === 200) return answer;
      answer.socket.on("error", () => {}).destroy();
      throw new Error(signOf("proxy_refused", String(answer.statusCode)));
    };
    return Object.assign(pool, { connect });
  };
  // Plain HTTP is handed to a proxy as it is: many refuse a tunnel to another port than 443.
  return new EnvHttpProxyAgent({
    httpProxy: http,
    httpsProxy: https,
    noProxy: without,
    proxyTunnel: false,
    clientFactory,
  });
}

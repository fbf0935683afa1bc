import { existsSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../support/files/temporary.ts";
import { expectClear } from "../support/langfuse/faults.ts";
import { CA, HOST, startHttp, startProxy, startTls, type Proxy, type Running } from "../support/langfuse/network.ts";
import { type FakeLangfuse, startFakeLangfuse } from "../support/langfuse/stand-in.ts";
import { smallTurn } from "../support/langfuse/traces.ts";
import { type Environment, KEYS, type Server, startServer } from "../support/mcp/client.ts";

let langfuse: FakeLangfuse;
let secure: Running;
let proxy: Proxy;
let strict: Proxy;
beforeAll(async () => {
  langfuse = await startFakeLangfuse({ generation: "v4-events-only", traces: [smallTurn("turn", 600)] });
  secure = await startTls(langfuse.url);
  proxy = await startProxy();
  strict = await startProxy({ user: "me:pass%20word" });
});
afterAll(async () => {
  for (const one of [secure, proxy, strict, langfuse]) await one.close();
});

async function using<T>(env: Environment, use: (server: Server) => Promise<T>, node?: string): Promise<T> {
  const server = await startServer({
    env: { ...KEYS, ...env },
    cwd: temporaryFolder("project"),
    ...(node === undefined ? {} : { node }),
  });
  try {
    return await use(server);
  } finally {
    await server.close();
  }
}
const read = async (env: Environment, node?: string): Promise<string | undefined> =>
  using(env, async (server) => (await server.fetch("turn")).summaries[0]?.trace_id, node);
const failure = async (env: Environment): Promise<string> => {
  const said = await using(env, async (server) => server.failure("turn"));
  expectClear(said);
  expect(said).not.toMatch(/me:pass|%20word|pass(?:é|%C3)/u);
  return said;
};
const hostOf = ({ url }: Running): string => new URL(url).host;
/** The servers as only a proxy reaches them. */
const plain = (): string => langfuse.url.replace("127.0.0.1", HOST);
const far = (): string => secure.url.replace("localhost", HOST);

describe("a proxy", () => {
  const nodes = ["/usr/bin/node", process.execPath].filter((path) => existsSync(path));

  test.each([...new Set(nodes)])("is asked for a tunnel to an https address (%s)", async (node) => {
    const before = proxy.asked.length;
    const env = { LANGFUSE_BASE_URL: far(), NODE_EXTRA_CA_CERTS: CA, HTTPS_PROXY: proxy.url };
    expect(await read(env, node)).toBe("turn");
    expect(new Set(proxy.asked.slice(before))).toEqual(new Set([`CONNECT ${new URL(far()).host}`]));
  });

  test("gets plain requests as they are, under either spelling and without a scheme", async () => {
    for (const env of [{ http_proxy: proxy.url }, { HTTP_PROXY: hostOf(proxy) }]) {
      const before = proxy.asked.length;
      expect(await read({ LANGFUSE_BASE_URL: plain(), ...env })).toBe("turn");
      const asked = proxy.asked.slice(before);
      expect(asked.length).toBeGreaterThan(0);
      for (const line of asked) expect(line).toMatch(/^GET http:\/\/langfuse\.test:\d+\/api\/public\//u);
    }
  });

  test("is passed by for the hosts of NO_PROXY", async () => {
    const before = [...proxy.asked];
    for (const NO_PROXY of [HOST, "example.com,.test", "*", `.example.com ${new URL(plain()).host}`]) {
      const said = await failure({ LANGFUSE_BASE_URL: plain(), HTTP_PROXY: proxy.url, NO_PROXY });
      expect(said, NO_PROXY).toMatch(/could not be reached \((?:ENOTFOUND|EAI_AGAIN)\)/u);
    }
    expect(proxy.asked).toEqual(before);
  });

  test("is passed by for what listens on this machine", async () => {
    const before = [...proxy.asked];
    for (const url of [langfuse.url, langfuse.url.replace("127.0.0.1", "localhost")])
      expect(await read({ LANGFUSE_BASE_URL: url, HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url })).toBe("turn");
    expect(proxy.asked).toEqual(before);
  });

  test("gets the user that its address names, and a refusal says what to do", async () => {
    const env = { LANGFUSE_BASE_URL: far(), NODE_EXTRA_CA_CERTS: CA };
    const address = strict.url.replace("://", "://me:pass%2520word@");
    expect(await read({ ...env, HTTPS_PROXY: address })).toBe("turn");
    for (const wrong of [{ HTTPS_PROXY: strict.url }, { HTTPS_PROXY: address.replace("pass", "passé") }])
      expect(await failure({ ...env, ...wrong })).toMatch(/^The proxy did not let .*\(HTTP 407\).*HTTPS_PROXY/u);
    const said = await failure({ LANGFUSE_BASE_URL: plain(), HTTP_PROXY: strict.url });
    expect(said).toMatch(/^The proxy did not let .*\(HTTP 407\)/u);
  });

  test("that is down or no address is one clear error", async () => {
    const env = { LANGFUSE_BASE_URL: far(), NODE_EXTRA_CA_CERTS: CA };
    const down = await failure({ ...env, HTTPS_PROXY: "http://127.0.0.1:9" });
    expect(down).toMatch(/could not be reached \(ECONNREFUSED\).*HTTPS_PROXY/u);
    expect(await failure({ ...env, HTTPS_PROXY: "ftp://proxy" })).toContain(
      "HTTPS_PROXY is not the address of a proxy",
    );
  });
});

describe("a certificate of a private authority", () => {
  test("is named with what to do", async () => {
    const said = await failure({ LANGFUSE_BASE_URL: secure.url });
    expect(said).toMatch(/showed a certificate that Node does not accept \([A-Z_]+\)/u);
    expect(said).toContain("NODE_EXTRA_CA_CERTS");
  });

  test("is accepted with NODE_EXTRA_CA_CERTS, but not for another host", async () => {
    expect(await read({ LANGFUSE_BASE_URL: secure.url, NODE_EXTRA_CA_CERTS: CA })).toBe("turn");
    const other = secure.url.replace("localhost", "127.0.0.1");
    expect(await failure({ LANGFUSE_BASE_URL: other, NODE_EXTRA_CA_CERTS: CA })).toContain(
      "ERR_TLS_CERT_ALTNAME_INVALID",
    );
  });
});

describe("a redirect", () => {
  const redirecting = async <T>(to: (path: string) => string, use: (server: Running) => Promise<T>): Promise<T> => {
    const server = await startHttp(({ url = "" }, response) => {
      response.writeHead(302, { location: to(url) }).end();
    });
    try {
      return await use(server);
    } finally {
      await server.close();
    }
  };

  test("to another origin is named and not followed", async () => {
    const seen: string[] = [];
    const login = await startHttp(({ url = "" }, response) => {
      seen.push(url);
      response.end("<html>Sign in</html>");
    });
    await redirecting(
      (path) => `${login.url}/login?next=${path}`,
      async ({ url }) => {
        const said = await failure({ LANGFUSE_BASE_URL: url });
        expect(said).toContain(`sends its readers on to ${login.url}, where the keys were not sent`);
      },
    );
    expect(seen).toEqual([]);
    await login.close();
  });

  test("from http to https of one host is named too", async () => {
    await redirecting(
      (path) => new URL(path, secure.url).href,
      async ({ url }) => {
        expect(await failure({ LANGFUSE_BASE_URL: url })).toContain(`sends its readers on to ${secure.url}`);
      },
    );
  });

  test("within an origin is followed, with the keys, and not for ever", async () => {
    const moved = await startHttp(({ url = "", headers }, response) => {
      if (url.startsWith("/old/")) {
        response.writeHead(308, { location: url.replace("/old/", "/new/") }).end();
        return;
      }
      const from = new URL(url.replace("/new/", "/"), langfuse.url);
      fetch(from, { headers: { authorization: headers.authorization ?? "" } })
        .then(async (answer) => response.writeHead(answer.status).end(await answer.text()))
        .catch(() => response.destroy());
    });
    expect(await read({ LANGFUSE_BASE_URL: `${moved.url}/old` })).toBe("turn");
    await moved.close();
    await redirecting(
      (path) => path,
      async ({ url }) => expect(await failure({ LANGFUSE_BASE_URL: url })).toContain("not Langfuse's JSON"),
    );
  });
});

describe("an answer", () => {
  test("that took long to fail is not asked for again, and ends `last` at once", async () => {
    const asked: string[] = [];
    const stuck = await startHttp(({ url = "" }, response) => {
      asked.push(url);
      const body = JSON.stringify({ message: "Request timed out", error: "Request timed out" });
      setTimeout(() => response.writeHead(422, { "content-type": "application/json" }).end(body), 11_000);
    });
    await using({ LANGFUSE_BASE_URL: stuck.url }, async (server) => {
      const begun = performance.now();
      expect(await server.failure("last")).toMatch(/took too long .*database is overloaded or stuck/u);
      expect(performance.now() - begun).toBeLessThan(20_000);
    });
    expect(asked.filter((url) => url.includes("isRootObservation=true"))).toHaveLength(1);
    await stuck.close();
  });

  test("that unpacks to more than is read is given up, with its memory", async () => {
    // 300 MB of one letter, packed to 300 kB.
    const packed = gzipSync(Buffer.concat([Buffer.from('{"data":[{"x":"'), Buffer.alloc(300_000_000, "a")]));
    const bomb = await startHttp((_message, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" }).end(packed);
    });
    const judge = async (server: Server): Promise<void> => {
      const said = await server.failure("turn");
      expectClear(said);
      expect(said).toContain("sent more than 100 MB");
      const status = `/proc/${server.pid}/status`;
      if (!existsSync(status)) return;
      const peakKb = Number(/VmHWM:\s+(\d+)/u.exec(readFileSync(status, "utf8"))?.[1]);
      expect(peakKb).toBeLessThan(500_000);
    };
    // A process of its own, which remembers no other server's peak.
    await using({ LANGFUSE_BASE_URL: bomb.url }, judge, process.execPath);
    await bomb.close();
  });

  test("that asks for a pause beyond the call's end is told at once", async () => {
    const pauses: readonly (readonly [string, string])[] = [
      ["3600", "60 minutes"],
      ["200", "4 minutes"],
      [new Date(Date.now() + 3 * 86_400_000).toUTCString(), "72 hours"],
    ];
    for (const [after, words] of pauses) {
      let asked = 0;
      const busy = await startHttp(({ url = "" }, response) => {
        if (!url.endsWith("/projects")) asked += 1;
        response.writeHead(429, { "retry-after": after, "content-type": "application/json" }).end("{}");
      });
      const begun = performance.now();
      const said = await failure({ LANGFUSE_BASE_URL: busy.url });
      expect(said).toContain(`asks for a pause of ${words}`);
      expect(performance.now() - begun).toBeLessThan(20_000);
      expect(asked).toBe(1);
      await busy.close();
    }
  });
});

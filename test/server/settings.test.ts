import { createServer } from "node:http";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../support/files/temporary.ts";
import type { FakeRequest, Fault } from "../support/langfuse/stand-in.ts";
import { KEYS, startServer, withLangfuse, type Environment } from "../support/mcp/client.ts";
import { smallTurn } from "../support/langfuse/traces.ts";
import { MARK, expectClear, json, message } from "../support/langfuse/faults.ts";

const turn = smallTurn("turn", 600);

describe("an id that is not there", () => {
  test.each(["v2.95", "v3", "v3.150", "v4-dual", "v4-events-only"] as const)(
    "is not found on %s",
    async (generation) => {
      await withLangfuse({ generation, traces: [turn] }, async ({ server }) => {
        const said = await server.failure("nowhere");
        expect(said).toContain('Trace "nowhere" was not found');
        expectClear(said);
        expect((await server.fetch("turn")).summaries).toHaveLength(1);
      });
    },
  );
});

describe("a v2/observations route that answers in its own way", () => {
  test.each([500, 501])("with %s leads to the legacy routes, and is not asked again", async (status) => {
    const fault = ({ path }: FakeRequest): Fault | undefined =>
      path.endsWith("/v2/observations") ? { status, body: message("no table") } : undefined;
    for (const selector of ["turn", "last", "sample:1"]) {
      await withLangfuse({ generation: "v3", traces: [turn], fault }, async ({ server, langfuse }) => {
        expect((await server.fetch(selector)).source.api).toBe("legacy");
        const sent = langfuse.requests.length;
        await server.fetch(selector);
        expect(langfuse.requests.slice(sent).filter(({ path }) => path.includes("/v2/"))).toEqual([]);
      });
    }
  });

  test("with 200 and no data, as a 4.x server in legacy write mode, leads to the legacy routes", async () => {
    const fault = ({ path }: FakeRequest): Fault | undefined =>
      path.endsWith("/v2/observations") ? json({ data: [], meta: {} }) : undefined;
    await withLangfuse({ generation: "v3", traces: [turn], fault }, async ({ server }) => {
      for (const selector of ["turn", "last", "sample:1"])
        expect(await server.fetch(selector), selector).toMatchObject({
          source: { api: "legacy" },
          summaries: [{ trace_id: "turn" }],
        });
    });
  });
});

describe("settings", () => {
  const failureWith = async (env: Environment): Promise<string> => {
    const server = await startServer({ env, cwd: temporaryFolder("project") });
    try {
      return await server.failure("last");
    } finally {
      await server.close();
    }
  };
  const { LANGFUSE_PUBLIC_KEY, LANGFUSE_SECRET_KEY } = KEYS;

  const rows: readonly (readonly [string, Environment, RegExp])[] = [
    ["no keys", {}, /^There is nothing to audit here yet: .*no Langfuse keys are set/u],
    [
      "no keys, but empty options",
      { LANGFUSE_PUBLIC_KEY: " ", LANGFUSE_SECRET_KEY: "${LANGFUSE_SECRET_KEY}" },
      /^There is nothing to audit here yet/u,
    ],
    ["no secret key", { LANGFUSE_PUBLIC_KEY }, /^LANGFUSE_SECRET_KEY is missing/u],
    ["no public key", { LANGFUSE_SECRET_KEY }, /^LANGFUSE_PUBLIC_KEY is missing/u],
    [
      "keys in each other's place",
      { LANGFUSE_PUBLIC_KEY: "sk-lf-test", LANGFUSE_SECRET_KEY: "pk-lf-test" },
      /^LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY are in each other's place/u,
    ],
    ["two public keys", { ...KEYS, LANGFUSE_SECRET_KEY: "pk-lf-test" }, /^LANGFUSE_SECRET_KEY holds a public key/u],
    ["two secret keys", { ...KEYS, LANGFUSE_PUBLIC_KEY: "sk-lf-test" }, /^LANGFUSE_PUBLIC_KEY holds a secret key/u],
    ["no web address", { ...KEYS, LANGFUSE_BASE_URL: "cloud.langfuse.com" }, /LANGFUSE_BASE_URL is not a web address/u],
    ["another scheme", { ...KEYS, LANGFUSE_BASE_URL: "localhost:3000" }, /LANGFUSE_BASE_URL is not a web address/u],
    ["a file", { ...KEYS, LANGFUSE_BASE_URL: "file:///etc/passwd" }, /LANGFUSE_BASE_URL is not a web address/u],
    [
      "a host that is down",
      { ...KEYS, LANGFUSE_BASE_URL: "http://127.0.0.1:59999" },
      /could not be reached \(ECONNREFUSED\)/u,
    ],
    [
      "an unknown host",
      { ...KEYS, LANGFUSE_BASE_URL: "http://no-such-host.invalid" },
      /could not be reached \((?:ENOTFOUND|EAI_AGAIN)\)/u,
    ],
    [
      "credentials in the URL",
      { ...KEYS, LANGFUSE_BASE_URL: "http://me:sk-secret@127.0.0.1:59999" },
      /Langfuse at http:\/\/127/u,
    ],
  ];

  test.each(rows)("with %s are one clear error", async (_name, env, expected) => {
    const said = await failureWith(env);
    expect(said).toMatch(expected);
    expectClear(said);
  });

  test("with wrong keys are one clear error", async () => {
    for (const generation of ["v2.95", "v3", "v4-dual", "v4-events-only"] as const) {
      await withLangfuse(
        { generation, env: { LANGFUSE_SECRET_KEY: "sk-wrong" }, traces: [turn] },
        async ({ server }) => {
          for (const selector of ["turn", "last", "sample:1"]) {
            const said = await server.failure(selector);
            expect(said, generation).toContain("refused the API keys");
            expectClear(said);
          }
        },
      );
    }
  });

  test("with a path prefix too many or too few are one clear error", async () => {
    for (const generation of ["v2.95", "v3", "v4-events-only"] as const) {
      await withLangfuse({ generation, basePath: "/langfuse", traces: [turn] }, async ({ langfuse }) => {
        for (const url of [new URL(langfuse.url).origin, `${langfuse.url}/project/p`]) {
          const said = await failureWith({ ...KEYS, LANGFUSE_BASE_URL: url });
          expect(said, url).toContain("not as a Langfuse API");
          expectClear(said);
        }
      });
    }
  });

  test("take the base URL as people write it, under any of its names", async () => {
    await withLangfuse({ basePath: "/langfuse", traces: [turn] }, async ({ langfuse }) => {
      const ways: readonly Environment[] = [
        { LANGFUSE_BASE_URL: `${langfuse.url}/` },
        { LANGFUSE_BASE_URL: ` ${langfuse.url}/api/public/ ` },
        { LANGFUSE_BASEURL: `${langfuse.url}/api/public` },
        { LANGFUSE_HOST: `${langfuse.url}//`, LANGFUSE_BASE_URL: "" },
        { LANGFUSE_BASE_URL: langfuse.url, LANGFUSE_HOST: "http://127.0.0.1:59999", LANGFUSE_TIMEOUT_SECONDS: "soon" },
      ];
      for (const env of ways) {
        const server = await startServer({ env: { ...KEYS, ...env }, cwd: temporaryFolder("project") });
        expect((await server.fetch("last")).source.base_url).toBe(langfuse.url);
        await server.close();
      }
    });
  });

  test("of Langfuse's own logging do not reach the protocol", async () => {
    const env = { LANGFUSE_DEBUG: "true", LANGFUSE_LOG_LEVEL: "DEBUG", DEBUG: "*" };
    await withLangfuse({ env, traces: [turn] }, async ({ server }) => {
      expect((await server.fetch("last")).summaries).toHaveLength(1);
      expect(server.stderr()).toBe("");
    });
  });

  test("for a host that is no Langfuse at all are one clear error", async () => {
    const host = createServer((_request, response) => response.end(`It works! ${MARK}`));
    await new Promise<void>((resolve) => {
      host.listen(0, "127.0.0.1", resolve);
    });
    const address = host.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const said = await failureWith({ ...KEYS, LANGFUSE_BASE_URL: `http://127.0.0.1:${port}` });
    expect(said).toContain("not Langfuse's JSON");
    expectClear(said);
    host.closeAllConnections();
    host.close();
  });
});

describe("a secret key that is stored with the plugin", () => {
  const stored = {
    TRACE_AUDIT_OPTION_LANGFUSE_PUBLIC_KEY: "pk-lf-stored",
    TRACE_AUDIT_OPTION_LANGFUSE_SECRET_KEY: "sk-lf-stored",
    TRACE_AUDIT_OPTION_LANGFUSE_BASE_URL: "https://langfuse.example.com",
  };
  const asManifest = { LANGFUSE_PUBLIC_KEY: "pk-lf-stored", LANGFUSE_SECRET_KEY: "sk-lf-stored" };

  test.each(["LANGFUSE_BASE_URL", "LANGFUSE_HOST", "LANGFUSE_BASEURL"])("is not sent where %s leads", async (name) => {
    await withLangfuse({ generation: "v3", traces: [turn] }, async ({ langfuse }) => {
      const address = name === "LANGFUSE_BASE_URL" ? {} : { TRACE_AUDIT_OPTION_LANGFUSE_BASE_URL: "" };
      const env = { ...stored, ...asManifest, ...address, [name]: langfuse.url };
      const server = await startServer({ env, cwd: temporaryFolder("project") });
      const said = await server.failure("turn");
      expect(said).toContain("the key was not sent");
      expectClear(said);
      expect(langfuse.requests).toEqual([]);
      await server.close();
    });
  });

  test("goes to the address that is stored with it, however that is spelt, and an exported key where it says", async () => {
    await withLangfuse({ generation: "v3", traces: [turn] }, async ({ langfuse }) => {
      for (const env of [
        {
          ...stored,
          ...asManifest,
          TRACE_AUDIT_OPTION_LANGFUSE_BASE_URL: `${langfuse.url}/`,
          LANGFUSE_BASE_URL: langfuse.url,
        },
        { ...stored, ...KEYS, LANGFUSE_BASE_URL: langfuse.url },
      ]) {
        const server = await startServer({ env, cwd: temporaryFolder("project") });
        await server.failure("turn").catch(() => null);
        await server.close();
      }
      expect(langfuse.requests.length).toBeGreaterThan(1);
    });
  });
});

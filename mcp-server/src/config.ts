import { AuditError } from "./audit-error.ts";

/** Where and how to read traces. `baseUrl` has no trailing slash and no credentials. */
export type Config = {
  readonly baseUrl: string;
  readonly publicKey: string;
  readonly secretKey: string;
  /** A request that delivers nothing for this long is given up. */
  readonly idleTimeoutMs: number;
  readonly proxies: Proxies | null;
};

/** The proxies that requests go through, by the scheme of what is requested; "" for none. */
export type Proxies = {
  readonly http: string;
  readonly https: string;
  /** The hosts that are asked directly, as NO_PROXY names them. */
  readonly without: string;
};

export type Environment = Readonly<Record<string, string | undefined>>;

const LOOPBACK = /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/u;
const DEFAULT_URL = "https://cloud.langfuse.com";
/** The way to set the keys, for whoever reads that they are missing. */
export const HOW_TO_SET_KEYS =
  "Run `/plugin configure trace-audit`, or export LANGFUSE_PUBLIC_KEY, LANGFUSE_SECRET_KEY and LANGFUSE_BASE_URL, with the keys from Settings > API Keys in Langfuse, and restart Claude Code.";

/**
 * The Langfuse settings; null when neither key is set, and then traces are read from local transcripts. Throws an
 * AuditError that names the key that is missing when one is set; values of keys are never named.
 */
export function parseConfig(env: Environment): Config | null {
  const publicKey = setting(env, "LANGFUSE_PUBLIC_KEY");
  const secretKey = setting(env, "LANGFUSE_SECRET_KEY");
  if (publicKey === null && secretKey === null) return null;
  assertOwnHost(env);
  if (publicKey === null || secretKey === null) {
    const missing = publicKey === null ? "LANGFUSE_PUBLIC_KEY" : "LANGFUSE_SECRET_KEY";
    throw new AuditError(
      `${missing} is missing, while the other Langfuse key is set. Both keys of one project are needed; with neither, the local transcripts of this project are read. ${HOW_TO_SET_KEYS}`,
    );
  }
  checkPlaces(publicKey, secretKey);
  const baseUrl = parseBaseUrl(env);
  // A proxy cannot reach what listens on this machine alone.
  const proxies = LOOPBACK.test(new URL(baseUrl).hostname) ? null : parseProxies(env);
  return { baseUrl, publicKey, secretKey, idleTimeoutMs: parseTimeout(env), proxies };
}

/** Langfuse's keys say what they are by how they begin. Each in the other's place would be refused like a mistyped one. */
function checkPlaces(publicKey: string, secretKey: string): void {
  const isSecretPublic = publicKey.startsWith("sk-lf-");
  const isPublicSecret = secretKey.startsWith("pk-lf-");
  if (!isSecretPublic && !isPublicSecret) return;
  const what =
    isSecretPublic && isPublicSecret
      ? "LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY are in each other's place"
      : isSecretPublic
        ? "LANGFUSE_PUBLIC_KEY holds a secret key"
        : "LANGFUSE_SECRET_KEY holds a public key";
  throw new AuditError(
    `${what}. A public key begins with pk-lf-, a secret key with another prefix, and they were probably pasted the wrong way round. ${HOW_TO_SET_KEYS}`,
  );
}

/** Null when none is set. Either spelling counts, the small one first, as in curl; without a scheme a proxy speaks HTTP. */
function parseProxies(env: Environment): Proxies | null {
  const either = (name: string): string => written(env[name.toLowerCase()]) ?? written(env[name]) ?? "";
  const proxy = (name: string): string => {
    const given = either(name);
    if (given === "") return "";
    const url = /^[a-z][a-z\d+.-]*:\/\//iu.test(given) ? given : `http://${given}`;
    if (URL.canParse(url) && /^(?:https?|socks5?):$/u.test(new URL(url).protocol)) return url;
    throw new AuditError(
      `${name} is not the address of a proxy. It has to start with http://, https:// or socks5://. Set it to the address that your network's administrator names, or unset it, and restart Claude Code.`,
    );
  };
  const proxies = { http: proxy("HTTP_PROXY"), https: proxy("HTTPS_PROXY"), without: either("NO_PROXY") };
  return proxies.http === "" && proxies.https === "" ? null : proxies;
}

/** The folder names that belong to this project beside its own, as written; null when the runs of all projects do (`*`). */
export function parseProjects(env: Environment): readonly string[] | null {
  const names = (setting(env, "TRACE_AUDIT_PROJECTS") ?? "").split(",").map((name) => name.trim());
  return names.includes("*") ? null : names.filter((name) => name !== "");
}

/** The name of the score that decides a run's outcome, or null. */
export function parseOutcomeScore(env: Environment): string | null {
  return setting(env, "TRACE_AUDIT_OUTCOME_SCORE");
}

/**
 * A value that is really set: exported, else the plugin's option. The manifest hands options over under a name of their
 * own as well, because a variable that is exported empty would take their place otherwise.
 */
function setting(env: Environment, name: string): string | null {
  return written(env[name]) ?? written(env[`TRACE_AUDIT_OPTION_${name}`]);
}

/** An option left empty arrives as "", an unset variable as its own `${NAME}`. */
function written(raw: string | undefined): string | null {
  const value = raw?.trim() ?? "";
  return value === "" || value.startsWith("${") ? null : value;
}

function parseBaseUrl(env: Environment): string {
  const named = setting(env, "LANGFUSE_BASE_URL");
  // Older SDKs and other languages use the two other names. The option's default arrives like a value, and does not win.
  const aliased = written(env["LANGFUSE_BASEURL"]) ?? written(env["LANGFUSE_HOST"]);
  const given = (named === DEFAULT_URL ? aliased : null) ?? named ?? aliased ?? DEFAULT_URL;
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new AuditError(
      "LANGFUSE_BASE_URL is not a web address. It has to start with https:// or http://. Set it to the address at which Langfuse opens in a browser, for example https://cloud.langfuse.com.",
    );
  }
  return url.origin + url.pathname.replace(/\/+$/u, "").replace(/\/api\/public$/u, "");
}

/**
 * The secret key that the user has stored goes to the address that was stored with it. A repository can export variables to
 * everyone who opens it (`env` in .claude/settings.json), so an exported address does not take a stored key elsewhere.
 */
function assertOwnHost(env: Environment): void {
  const stored = written(env["TRACE_AUDIT_OPTION_LANGFUSE_SECRET_KEY"]);
  if (stored === null || setting(env, "LANGFUSE_SECRET_KEY") !== stored) return;
  const own = { LANGFUSE_BASE_URL: written(env["TRACE_AUDIT_OPTION_LANGFUSE_BASE_URL"]) ?? DEFAULT_URL };
  if (parseBaseUrl(own) === parseBaseUrl(env)) return;
  throw new AuditError(
    "The address of Langfuse is exported, but the secret key is the one stored with the plugin, for another address. So the key was not sent: a repository's settings can export such an address. If you want it, store the address with the key (`/plugin configure trace-audit`), or export the keys too, and restart Claude Code.",
  );
}

function parseTimeout(env: Environment): number {
  const seconds = Number(setting(env, "LANGFUSE_TIMEOUT_SECONDS") ?? "60");
  return Math.min(Math.max(Number.isFinite(seconds) ? seconds : 60, 0.1), 600) * 1000;
}

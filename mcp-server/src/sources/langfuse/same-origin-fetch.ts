import { signOf } from "./failure.ts";

const REDIRECTS = [301, 302, 303, 307, 308];
const MAX_HOPS = 5;

/**
 * A fetch that follows redirects within an origin. One to another origin fails with `redirected` before anything is sent
 * there: the keys are not that server's to see, and without them its answer would be taken for a refusal of the keys.
 */
export function sameOriginFetch(inner: typeof fetch): typeof fetch {
  return async (input, init) => {
    let url = new URL(input instanceof Request ? input.url : input);
    for (let hop = 0; hop <= MAX_HOPS; hop += 1) {
      const response = await inner(url, { ...init, redirect: "manual" });
      const location = response.headers.get("location");
      if (!REDIRECTS.includes(response.status) || location === null) return response;
      await response.body?.cancel();
      const next: URL | null = URL.canParse(location, url.href) ? new URL(location, url) : null;
      if (next !== null && next.origin !== url.origin) throw new Error(signOf("redirected", next.origin));
      if (next === null) break;
      url = next;
    }
    throw new Error(signOf("not_json"));
  };
}

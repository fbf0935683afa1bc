import { codeOf } from "../../audit-error.ts";
import { NETWORK, STALLED } from "./failure.ts";

/**
 * A fetch that gives up when a response delivers nothing for `idleMs`, counted from the request and again from each
 * chunk of the body: the API client's own timeout stops counting once headers arrive. The body is watched in `text()`, the
 * only way in which the client reads it. Failures become errors whose message names the system's code, because the client
 * passes on nothing else.
 */
export function watchFetch(inner: typeof fetch, idleMs: number): typeof fetch {
  return async (input, init) => {
    const stall = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const rest = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => stall.abort(new Error(STALLED)), idleMs);
    };
    const name = (error: unknown): Error => (stall.signal.aborted ? new Error(STALLED) : named(error));
    rest();
    try {
      const signals = init?.signal ? [init.signal, stall.signal] : [stall.signal];
      const response = await inner(input, { ...init, signal: AbortSignal.any(signals) });
      if (response.body === null) {
        clearTimeout(timer);
        return response;
      }
      rest();
      const { body } = response;
      const read = (): Promise<string> => readText(body, rest, () => clearTimeout(timer), name);
      return Object.defineProperty(response, "text", { value: read });
    } catch (error) {
      clearTimeout(timer);
      throw name(error);
    }
  };
}

/** Decoded as it arrives, so that a long answer is never held in bytes and as text at once. */
async function readText(
  body: ReadableStream<Uint8Array>,
  onChunk: () => void,
  onEnd: () => void,
  name: (error: unknown) => Error,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const chunk of body) {
      onChunk();
      text += decoder.decode(chunk, { stream: true });
    }
    return text + decoder.decode();
  } catch (error) {
    throw name(error);
  } finally {
    onEnd();
  }
}

function named(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(`${NETWORK}UNKNOWN`);
  if (error.name === "AbortError") return error;
  const code = codeOf(error.cause) || (error.message === "terminated" ? "TERMINATED" : "UNKNOWN");
  return new Error(`${NETWORK}${code}`, { cause: error });
}

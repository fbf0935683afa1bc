import { NETWORK, STALLED } from "./failure.ts";

/**
 * A fetch that gives up when a response delivers nothing for `idleMs`, counted from the request and again from each
 * chunk of the body: the API client's own timeout stops counting once headers arrive. Failures become errors whose
 * message names the system's code, because the client passes on nothing else.
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
      return new Response(
        watchBody(response.body, rest, () => clearTimeout(timer), name),
        {
          status: response.status,
          headers: response.headers,
        },
      );
    } catch (error) {
      clearTimeout(timer);
      throw name(error);
    }
  };
}

function watchBody(
  body: ReadableStream<Uint8Array>,
  onChunk: () => void,
  onEnd: () => void,
  name: (error: unknown) => Error,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream({
    pull: async (controller) => {
      try {
        const { done, value } = await reader.read();
        if (done) {
          onEnd();
          controller.close();
        } else {
          onChunk();
          controller.enqueue(value);
        }
      } catch (error) {
        onEnd();
        controller.error(name(error));
      }
    },
    cancel: async (reason) => {
      onEnd();
      await reader.cancel(reason);
    },
  });
}

function named(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(`${NETWORK}UNKNOWN`);
  if (error.name === "AbortError") return error;
  const { cause } = error;
  const code = cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "";
  return new Error(`${NETWORK}${code === "" ? (error.message === "terminated" ? "TERMINATED" : "UNKNOWN") : code}`, {
    cause: error,
  });
}

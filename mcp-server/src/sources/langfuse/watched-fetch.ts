import { codeOf } from "../../audit-error.ts";
import { isSigned, signOf } from "./failure.ts";

/** Bytes of one answer, unpacked: Langfuse itself refuses a trace whose texts are more than 80 MB. */
const MAX_BYTES = 100_000_000;

/**
 * A fetch that gives up when a response delivers nothing for `idleMs`, counted from the request and again from each
 * chunk of the body: the API client's own timeout stops counting once headers arrive. The body is watched in `text()`, the
 * only way in which the client reads it, and given up with `too_large` beyond MAX_BYTES. Failures become errors whose message
 * is a sign (`failure.ts`), because the client passes on nothing else.
 */
export function watchFetch(inner: typeof fetch, idleMs: number): typeof fetch {
  return async (input, init) => {
    const stall = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const rest = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => stall.abort(), idleMs);
    };
    const name = (error: unknown): Error => (stall.signal.aborted ? new Error(signOf("stalled")) : named(error));
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
  let bytes = 0;
  try {
    for await (const chunk of body) {
      onChunk();
      bytes += chunk.byteLength;
      if (bytes > MAX_BYTES) throw new Error(signOf("too_large"));
      text += decoder.decode(chunk, { stream: true });
    }
    return text + decoder.decode();
  } catch (error) {
    throw name(error);
  } finally {
    onEnd();
  }
}

/** How OpenSSL and Node call a certificate that they do not accept. */
const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|INVALID_CA|HOSTNAME_MISMATCH/u;
const BROKEN_OFF = /RESET|SOCKET|CLOSED|EPIPE|BODY/u;

function named(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(signOf("unreachable"));
  if (error.name === "AbortError" || isSigned(error)) return error;
  const { cause } = error;
  if (cause instanceof Error && isSigned(cause)) return new Error(cause.message, { cause: error });
  // How undici words the refusal of a proxy that gets a request as it is.
  if (cause instanceof Error && cause.message.includes("(407)"))
    return new Error(signOf("proxy_refused", "407"), { cause: error });
  // A failure without a code, such as a port that fetch refuses to use, has no name worth showing.
  const code = codeOf(cause);
  const isBrokenOff = BROKEN_OFF.test(code) || error.message === "terminated";
  const kind = UNTRUSTED.test(code) ? "untrusted" : isBrokenOff ? "broken_off" : "unreachable";
  return new Error(signOf(kind, code), { cause: error });
}

/** What ends an address in a text, as it ends one for programs that look for addresses. */
const PART = String.raw`[^\s\u0060"<>”“|]`;
const SCHEME = new RegExp(
  String.raw`\b[a-z][a-z0-9+.-]{1,30}:\/\/${PART}+|\bh(?:tt|xx)ps?\W{1,6}\/\s*\/\s*\S+|\b(?:javascript|vbscript|mailto):\S+|\bdata:\w+\/\S+|\bwww\.${PART}+`,
  "giu",
);
const HOST = new RegExp(
  String.raw`\b(?:[a-z0-9-]{1,63}\.){1,10}(?:com|org|net|io|dev|app|sh|co|ai|xyz|me|info|ru|cn|tk|top|site|online|link|ly|gg|cc|eu|de|uk|example|test|invalid|local|onion)(?::\d+)?\/${PART}*|\b\d{1,3}(?:\.\d{1,3}){3}(?![\w.])(?:[:/]${PART}*)?|\b[\w.-]{1,64}@[\w.-]{1,200}:[\w~/.-]+`,
  "giu",
);
/**
 * Where an address leads back to the machine itself: `localhost` and names below it (RFC 6761), 127.0.0.0/8 and ::1 (RFC 6890),
 * and 0.0.0.0. `.local` is another machine of the same network (RFC 6762), and `.test` and `.example` promise nothing.
 */
const OWN =
  /^(?:(?:https?|wss?|grpc|postgres(?:ql)?|mysql|mariadb|mongodb|redis|amqp):\/\/)?(?:(?:[a-z0-9-]{1,63}\.){0,10}localhost|127(?:\.\d{1,3}){3}|0\.0\.0\.0|\[::1\]?)(?::\d{1,5})?(?:(?=[/?#])|$)/iu;
const WEB = /^(?:https?|wss?):\/\//iu;
const END = /[\s.,;:!?)\]}'"*”’»]+$/u;

/** The addresses of a text that lead out of this machine, in no order. Linear in the text's length. */
export function addressesOf(text: string): readonly string[] {
  const found = [...(text.match(SCHEME) ?? []), ...(text.match(HOST) ?? [])];
  return found.map((part) => part.trimStart().replace(END, "")).filter((address) => !isOwn(address));
}

/** Whether an address leads to this machine, and holds no other one behind its host. */
function isOwn(address: string): boolean {
  const host = OWN.exec(address)?.[0];
  if (host === undefined) return false;
  const rest = address.slice(host.length);
  return [SCHEME, HOST].every((form) => rest.search(form) === -1);
}

/** Whether a text holds exactly this address, with or without the scheme of the web. Linear in the text's length. */
export function holdsAddress(text: string, address: string): boolean {
  const bare = address.replace(WEB, "");
  if (bare === "") return false;
  for (let at = text.indexOf(bare); at !== -1; at = text.indexOf(bare, at + bare.length)) {
    const [before, after] = [text.slice(Math.max(0, at - 8), at), text.slice(at + bare.length, at + bare.length + 2)];
    const isStart = /(?:^|[\s`"'(<>[“”|,;=*])$/u.test(before) || /(?:https?|wss?):\/\/$/iu.test(before);
    if (isStart && /^\/?(?:$|[\s`"'()<>[\]“”|,;*]|[.:!?](?:$|[\s`"')\]*”]))/u.test(after)) return true;
  }
  return false;
}

import { withoutHeredocs } from "../split.ts";

/**
 * Inner commands (`$(…)`, `` `…` ``, `<(…)`, `>(…)`) and here-documents that were taken out of lines. Where they stood is
 * `${__3}` for the inner command 3 and `<<3` for the text 3.
 */
export type Lifted = { readonly inner: string[]; readonly texts: string[] };

type Frame = { out: string; isQuoted: boolean; open: number; readonly kind: "line" | "(" | "`" };

/** Deeper ones are left where they stand. */
const MAX_DEPTH = 50;

/** Takes the inner commands out of a line, in one pass, adds them to those of other lines, and returns what is left. */
export function liftSubstitutions(written: string, { inner, texts }: Lifted): string {
  const source = withoutHeredocs(written, (body) => String(texts.push(body) - 1));
  const below: Frame[] = [];
  let top: Frame = { out: "", isQuoted: false, open: 0, kind: "line" };
  const open = (kind: "(" | "`"): void => {
    below.push(top);
    top = { out: "", isQuoted: false, open: 0, kind };
  };
  const close = (): void => {
    const parent = below.pop();
    if (parent === undefined) return;
    parent.out += `\${__${inner.push(top.out) - 1}}`;
    top = parent;
  };
  for (let at = 0; at < source.length; at += 1) {
    const char = source[at] ?? "";
    const next = source[at + 1];
    if (char === "\\") {
      top.out += source.slice(at, at + 2);
      at += 1;
    } else if (char === '"') {
      top.isQuoted = !top.isQuoted;
      top.out += char;
    } else if (char === "`" && (top.kind === "`" || below.length < MAX_DEPTH)) {
      if (top.kind === "`") close();
      else open("`");
    } else if (next === "(" && below.length < MAX_DEPTH && (char === "$" || (!top.isQuoted && /[<>]/u.test(char)))) {
      open("(");
      at += 1;
    } else if (top.isQuoted) top.out += char;
    else if (char === "'") {
      const end = (source.indexOf("'", at + 1) + 1 || source.length + 1) - 1;
      top.out += source.slice(at, end + 1);
      at = end;
    } else if (char === "#" && /^$|[\s;&|(]/u.test(source[at - 1] ?? "")) {
      at = (source.indexOf("\n", at) + 1 || source.length + 1) - 2;
    } else if (char === "(") {
      top.open += 1;
      top.out += char;
    } else if (char === ")" && top.open === 0) {
      if (top.kind === "(") close();
      // The end of a pattern of `case`.
      else top.out += ";";
    } else {
      if (char === ")") top.open -= 1;
      top.out += char;
    }
  }
  while (below.length > 0) close();
  return top.out;
}

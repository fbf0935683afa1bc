import { redactCommands, redactUrls } from "../../trace/redact/credentials-in-urls.ts";
import { redactIssued } from "../../trace/redact/issued-keys.ts";
import { redactNamed } from "../../trace/redact/assigned-secrets.ts";
import { redactPhrase } from "../../trace/redact/seed-phrases.ts";
import { MARK } from "../../trace/redact/secret-values.ts";
import { addressesOf } from "./addresses.ts";
import { hiddenParts } from "./invisible-text.ts";
import { pipesOf } from "./pipes.ts";
import { writtenScripts } from "./written-scripts.ts";

/** A piece of a text that is more than a sentence: it loads, runs, allows, gives away or hides something. */
export type Grant = {
  readonly kind: "address" | "pipe" | "credential" | "permission" | "frontmatter" | "import" | "shell line" | "hidden";
  /** As it stands in the text. */
  readonly text: string;
};

/**
 * What Claude Code 2.1.330 takes for an import or an attachment: `@` and a path, at the start of a run of text. In front of
 * it may stand markup (`**@x**`), never a letter; directly behind a backtick nothing is imported.
 */
const IMPORT = /(?<![\p{L}\p{N}_])(?<!(?<!\\)`)@["']?(?:\\ |[^\s@"'`])+/gu;
/** Shell lines that Claude Code runs when it loads a command or skill, code fences or not: an inline one and a block. */
const SHELL_BLOCK = /(?<!`)`{3,}[ \t]*![\s\S]*?(?:`{3}|$)/gu;
const SHELL_INLINE = /!`[^`]*(?:`|$)/gu;

/** Names by which Claude Code grants something: keys of frontmatter and settings, and its switches. */
const PERMISSION =
  /\b(?:allowed-?tools|disallowed-?tools|permission-?mode|mcp-?servers|disable-?model-?invocation)["'`]*\s*[:=][^\n`”]*|\bbypassPermissions\b|--(?:allow-)?dangerously-skip-permissions|--allowed-?tools\b[^\n`”]*/giu;
/** Frontmatter and its keys, at the beginning of a sentence. */
const FRONTMATTER =
  /^\s*(?:---|\+\+\+)[^\n`”]*|^[\s>*#-]*["'`]*(?:tools|hooks|permissions|skills|model)["'`]*\s*:(?!\/)[^\n`”]*/gu;

/** Every grant of a text, in no order. Linear in the text's length. */
export function grantsOf(text: string): readonly Grant[] {
  return [...shownGrantsOf(text), ...credentialsOf(text)];
}

/** The grants that Claude Code acts on by itself. */
export function activeGrantsOf(text: string): readonly Grant[] {
  return [
    ...find("import", IMPORT, text),
    ...find("shell line", SHELL_BLOCK, text),
    ...find("shell line", SHELL_INLINE, text),
  ];
}

/** Every grant but credentials, whose many forms take longest to look for. */
export function shownGrantsOf(text: string): readonly Grant[] {
  const read = toRead(text);
  return [
    ...addressesOf(read).map((address): Grant => ({ kind: "address", text: address })),
    ...[...pipesOf(read), ...writtenScripts(read)].map((pipe): Grant => ({
      kind: "pipe",
      text: pipe.replace(END, ""),
    })),
    ...find("permission", PERMISSION, read),
    ...find("frontmatter", FRONTMATTER, read),
    ...activeGrantsOf(text),
    ...hiddenParts(text).map((part): Grant => ({ kind: "hidden", text: part })),
  ];
}

/** What ends a sentence and is no part of what stands in it. */
const END = /[\s.,;:!?)\]}'"*”’»]+$/u;

function find(kind: Grant["kind"], pattern: RegExp, text: string): readonly Grant[] {
  const found = text.match(pattern) ?? [];
  return found.map((part) => ({ kind, text: part.trimStart().replace(END, "") }));
}

/** Full-width letters, character references and escapes as a reader sees them. */
function toRead(text: string): string {
  const named: Readonly<Record<string, string>> = {
    colon: ":",
    sol: "/",
    period: ".",
    verbar: "|",
    vert: "|",
    commat: "@",
    lt: "<",
    gt: ">",
    amp: "&",
    hyphen: "-",
    dash: "-",
  };
  // The mark of a quotation that was cut off stays one character.
  return text
    .split("…")
    .map((part) => part.normalize("NFKC"))
    .join("…")
    .replaceAll(/\p{DI}/gu, "")
    .replaceAll(/&#x([0-9a-f]{1,6});?|&#(\d{1,7});?|&(\w{2,8});/giu, (all, hex, decimal, name) => {
      if (typeof name === "string") return named[name.toLowerCase()] ?? all;
      const code = typeof hex === "string" ? Number.parseInt(hex, 16) : Number(decimal);
      return code > 0 && code < 0x11_00_00 ? String.fromCodePoint(code) : " ";
    })
    .replaceAll(/\\([!-/:-@[-`{-~])/gu, "$1");
}

const REDACTIONS = [redactUrls, redactNamed, redactCommands, redactIssued, redactPhrase];

/** The words of each line that are taken out of it as a secret. */
export function credentialsOf(text: string): readonly Grant[] {
  return text.split("\n").flatMap((line): readonly Grant[] => {
    const clean = REDACTIONS.reduce((left, redact) => redact(left), line);
    if (clean === line || !clean.includes(MARK)) return [];
    const left = new Set(clean.split(/\s+/u));
    const gone = line.split(/\s+/u).filter((word) => !left.has(word));
    return [{ kind: "credential", text: gone.map((word) => word.replace(END, "")).join(" ") }];
  });
}

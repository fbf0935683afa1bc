import { redactCommands, redactUrls } from "../../trace/redact/credentials-in-urls.ts";
import { redactIssued } from "../../trace/redact/issued-keys.ts";
import { redactNamed } from "../../trace/redact/assigned-secrets.ts";
import { redactPhrase } from "../../trace/redact/seed-phrases.ts";
import { MARK } from "../../trace/redact/secret-values.ts";
import { hiddenParts } from "./invisible-text.ts";

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

const SCHEME =
  /\b[a-z][a-z0-9+.-]{1,30}:\/\/\S+|\bh(?:tt|xx)ps?\W{1,6}\/\s*\/\s*\S+|\b(?:javascript|vbscript|mailto):\S+|\bdata:\w+\/\S+|\bwww\.\S+/giu;
const HOST =
  /\b(?:[a-z0-9-]{1,63}\.){1,10}(?:com|org|net|io|dev|app|sh|co|ai|xyz|me|info|ru|cn|tk|top|site|online|link|ly|gg|cc|eu|de|uk|example|test|invalid|local|onion)(?::\d+)?\/\S*|\b\d{1,3}(?:\.\d{1,3}){3}(?![\w.])(?:[:/]\S*)?|\b[\w.-]{1,64}@[\w.-]{1,200}:[\w~/.-]+/giu;

const INTERPRETER = String.raw`(?:[\w.~/-]{0,200}\/)?(?:(?:ba|z|da|k|fi|c|tc|a)?sh|bun|deno|node|nodejs|python[\d.]*|perl|ruby|php|pwsh|powershell|osascript|lua|Rscript|tclsh|awk|iex|Invoke-Expression|source|eval)(?![\w-]|\.\w)`;
const PREFIX = String.raw`(?:(?:sudo|env|command|exec|nohup|time|xargs|nice|busybox)\s+(?:-\S+\s+|\w+=\S*\s+)*)*`;
const PIPE = new RegExp(String.raw`\|&?\s*${PREFIX}${INTERPRETER}[^\n\u0060”]*`, "giu");
/** The same without a pipe: what a command prints is run. */
const SUBSTITUTED = new RegExp(
  String.raw`(?<![\w-])(?:${INTERPRETER}|\.)\s+(?:-\w+\s+)*(?:["']?\$\(|["']?\u0060|<\(|<<)[^\n\u0060”]*`,
  "giu",
);

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
    ...find("address", SCHEME, read),
    ...find("address", HOST, read),
    ...pipesOf(read),
    ...find("pipe", SUBSTITUTED, read),
    ...find("permission", PERMISSION, read),
    ...find("frontmatter", FRONTMATTER, read),
    ...activeGrantsOf(text),
    ...hiddenParts(text).map((part): Grant => ({ kind: "hidden", text: part })),
  ];
}

/** A pipe with the command in front of it: the same interpreter behind another command is another thing. */
function pipesOf(text: string): readonly Grant[] {
  return [...text.matchAll(PIPE)].map(({ 0: pipe, index }) => {
    const command = /[^\n|`“”]*$/u.exec(text.slice(Math.max(0, index - 120), index))?.[0] ?? "";
    return { kind: "pipe", text: (command + pipe).trim() };
  });
}

function find(kind: Grant["kind"], pattern: RegExp, text: string): readonly Grant[] {
  const found = text.match(pattern) ?? [];
  return found.map((part) => ({ kind, text: part.trimStart().replace(/[\s.,;:!?)\]}'"*”’»]+$/u, "") }));
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
    return [{ kind: "credential", text: gone.join(" ") }];
  });
}

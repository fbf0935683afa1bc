import { stripVTControlCharacters } from "node:util";

/** Sizes in pixels. A character is 0.6 of its size wide in nearly every monospaced font. */
const SIZE = 13;
const CELL = SIZE * 0.6;
const LINE = 18;
const PADDING = 18;
const BAR = 34;
const COLUMNS = 80;
const FONTS = "ui-monospace,SFMono-Regular,'SF Mono',Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace";
const COMMAND = "npm run demo";

/** The classes of the codes that the demo paints with; see demo-page.ts. */
const CLASSES: Readonly<Record<string, string>> = { 1: "bold", 2: "dim", 31: "red", 32: "green" };

/** Text of one style; `column` is where it begins. */
type Piece = { readonly column: number; readonly text: string; readonly style: string | null };

/**
 * Draws what the demo printed in colour, from its start to what Claude Code says at the end, as an SVG of a terminal.
 * The text stays text, each piece as wide as its columns in whatever font. Throws when the demo ended before.
 */
export function toPicture(output: string): string {
  const lines = firstParts(output.split("\n"));
  const width = COLUMNS * CELL + 2 * PADDING;
  const height = BAR + lines.length * LINE + 2 * PADDING;
  const texts = lines.flatMap((line, at) =>
    toPieces(line).map((piece) => drawPiece(piece, BAR + PADDING + at * LINE + SIZE)),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title desc">
<title id="title">The demo of trace-audit in a terminal</title>
<desc id="desc">What ${COMMAND} prints: /audit last reads a recorded run, keeps its summary, has two subagents name causes and prompt changes, and writes a plan for a human to review.</desc>
<style>text{font:${SIZE}px ${FONTS};fill:#e6edf3;white-space:pre}.bold{font-weight:700;fill:#fff}.dim{fill:#9aa4af}.green{fill:#56d364}.red{fill:#ff7b72}</style>
<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="9" fill="#0d1117" stroke="#57606a"/>
<path d="M.5 ${BAR}V9.5a9 9 0 0 1 9-9H${width - 9.5}a9 9 0 0 1 9 9V${BAR}z" fill="#21262d" stroke="#57606a"/>
<circle cx="20" cy="${BAR / 2}" r="5.5" fill="#ff5f57"/><circle cx="38" cy="${BAR / 2}" r="5.5" fill="#febc2e"/><circle cx="56" cy="${BAR / 2}" r="5.5" fill="#28c840"/>
<text class="dim" x="${width / 2}" y="${BAR / 2 + 4.5}" text-anchor="middle">${COMMAND}</text>
${texts.join("\n")}
</svg>
`;
}

/** The lines before the third heading: a heading is a line above a rule. */
function firstParts(lines: readonly string[]): readonly string[] {
  const headings = lines.flatMap((line, at) => (isRule(lines[at + 1]) && line !== "" ? [at] : []));
  const [first, , third] = headings;
  if (first === undefined || third === undefined)
    throw new Error(`the demo did not come to its end:\n${lines.join("\n")}`);
  const shown = lines.slice(first, third);
  return shown.slice(0, shown.findLastIndex((line) => line !== "") + 1);
}

const isRule = (line = ""): boolean => /^─+$/u.test(stripVTControlCharacters(line));

/** The pieces of a line, without the blanks around each. */
function toPieces(line: string): readonly Piece[] {
  let column = 0;
  // Each part but the first begins with its code and "m".
  return `0m${line}`.split("\u001B[").flatMap((part) => {
    const code = part.slice(0, part.indexOf("m"));
    const painted = part.slice(code.length + 1);
    const text = painted.trim();
    const piece = { column: column + painted.indexOf(text), text, style: CLASSES[code] ?? null };
    column += painted.length;
    return text === "" ? [] : [piece];
  });
}

function drawPiece({ column, text, style }: Piece, y: number): string {
  const x = round(PADDING + column * CELL);
  const written = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const styled = style === null ? "" : ` class="${style}"`;
  return `<text${styled} x="${x}" y="${y}" textLength="${round(text.length * CELL)}">${written}</text>`;
}

const round = (pixels: number): number => Math.round(pixels * 10) / 10;

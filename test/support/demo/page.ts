const WIDTH = 80;

/** Prints for people: lines of at most 80 columns, in colour on a terminal only. */
export type Page = {
  readonly heading: (text: string) => void;
  readonly paragraph: (text: string) => void;
  /** What was typed at a shell's prompt. */
  readonly command: (text: string) => void;
  /** A numbered step: what it is called, what it does, and lines of what came of it. */
  readonly step: (number: string, name: string, what: string, lines: readonly string[]) => void;
  /** Text of a file, its own line breaks kept. */
  readonly file: (text: string) => void;
  readonly failure: (text: string) => void;
};

/** Makes a page on `output`; colours stay off where NO_COLOR asks for it, and are on anywhere with FORCE_COLOR. */
export function createPage(output: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Page {
  const isColoured = (output.isTTY || Boolean(env["FORCE_COLOR"])) && !env["NO_COLOR"] && env["TERM"] !== "dumb";
  const paint = (code: number, text: string): string => (isColoured ? `\u001B[${code}m${text}\u001B[0m` : text);
  const bold = (text: string): string => paint(1, text);
  const print = (lines: readonly string[]): void => void output.write(`${lines.join("\n")}\n`);
  return {
    heading: (text) => print(["", bold(text), paint(2, "─".repeat(WIDTH)), ""]),
    paragraph: (text) => print([...text.split("\n").flatMap((line) => wrap(line, "")), ""]),
    command: (text) => print([`${paint(2, "$")} ${bold(text)}`, ""]),
    step: (number, name, what, lines) =>
      print([
        `${paint(32, number)}  ${bold(name)}  ${paint(2, what)}`,
        ...lines.flatMap((line) => wrap(line, " ".repeat(number.length + 2))),
        "",
      ]),
    file: (text) =>
      print([
        ...text
          .trimEnd()
          .split("\n")
          .flatMap((line) => wrap(line, "", true)),
        "",
      ]),
    failure: (text) => print(wrap(text, "").map((line) => paint(31, line))),
  };
}

/** Breaks a line at blanks; what follows the first line is indented like a list item's text. */
function wrap(line: string, indent: string, isFile = false): string[] {
  const marker = /^\s*(?:[-*]|\d+\.)\s+/u.exec(line)?.[0] ?? (isFile ? (/^\s*/u.exec(line)?.[0] ?? "") : "");
  const hanging = marker.length + (isFile && marker.trim() === "" ? 2 : 0);
  const lines: string[] = [];
  let current = indent + marker;
  let isEmpty = true;
  for (const word of line.slice(marker.length).split(" ")) {
    if (!isEmpty && current.length + 1 + word.length > WIDTH) {
      lines.push(current);
      current = indent + " ".repeat(hanging);
      isEmpty = true;
    }
    current += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, current];
}

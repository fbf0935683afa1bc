/** A command's arguments, told apart. */
export type Options = {
  readonly flags: readonly string[];
  readonly operands: readonly string[];
  /** The values of the options with these names, in their order. */
  readonly values: (...names: readonly string[]) => readonly string[];
};

/** Tells options from operands; of the options in `valued`, a list with blanks, the value may be the next word. */
export function readOptions(args: readonly string[], valued = ""): Options {
  const takesValue = new Set(valued.split(" "));
  const flags: string[] = [];
  const operands: string[] = [];
  const values: (readonly [string, string])[] = [];
  let isOver = false;
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? "";
    if (isOver || !/^-./u.test(word)) {
      operands.push(word);
      continue;
    }
    if (word === "--") {
      isOver = true;
      continue;
    }
    flags.push(word);
    const [name = "", ...rest] = word.split("=");
    const short = word.slice(0, 2);
    if (takesValue.has(word)) values.push([word, args[(at += 1)] ?? ""]);
    else if (word.startsWith("--")) values.push([name, rest.join("=")]);
    else if (takesValue.has(short)) values.push([short, word.slice(2)]);
  }
  const valuesOf = (...names: readonly string[]): readonly string[] =>
    values.filter(([name]) => names.includes(name)).map(([, value]) => value);
  return { flags, operands, values: valuesOf };
}

export const operandsOf = (args: readonly string[]): readonly string[] => readOptions(args).operands;

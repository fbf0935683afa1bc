/** The words of a command, the program first, without the quotes around them and within them. One pass. */
export function words(text: string): string[] {
  const found: string[] = [];
  let word: string | null = null;
  let quote = "";
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? "";
    if (quote !== "" ? char === quote : char === '"' || char === "'") {
      quote = quote === "" ? char : "";
      word ??= "";
    } else if (char === "\\" && quote !== "'" && (quote === "" || /["$`\\]/u.test(text[at + 1] ?? ""))) {
      at += 1;
      word = (word ?? "") + (text[at] ?? "");
    } else if (quote === "" && /\s/u.test(char)) {
      if (word !== null) found.push(word);
      word = null;
    } else word = (word ?? "") + char;
  }
  return word === null ? found : [...found, word];
}

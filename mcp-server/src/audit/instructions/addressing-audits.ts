import { toLines, type Line } from "./lines.ts";
import { toTextLines, type PromptFile } from "./prompt-file.ts";

/** Who reads a prompt file to judge or change it: no agent that works by it. */
const READER =
  /\bauditors?\b|\b(?:whoever|anyone|who|that|you) (?:audits?|diagnos\w+)\b|\b(?:trace-audit|prompt-engineer|refactoring-specialist)\b|\b(?:tools?|agents?|models?|reviewers?|anyone|whoever) (?:(?:that|who|which) )?(?:propos\w+|suggest\w*|review\w*|edits?|changes?|of) (?:\w+ ){0,3}(?:this|these|the) (?:file|instructions?|rules?|changes of)\b|\b(?:propose|suggest) changes (?:of|to) this file\b/iu;
/** What such a text asks for when it wants to decide what the reader finds or changes. */
const ORDER =
  /\b(?:report|answer|say|claim|conclude|ignore|disregard|skip|add|list|set|give|output|return|rate|approve|must|never|do not|don'?t)\b/iu;

/**
 * Lines of prompt files that address whoever audits or changes them, and ask for something: they would steer an audit, and
 * a human should know of them. With the heading above that does the same. In the order of the files; code is left out.
 */
export function findAddressingAudits(files: readonly PromptFile[]): readonly Line[] {
  return files.flatMap((file) => {
    if (!READER.test(file.text)) return [];
    const found = toLines(file, toTextLines(file.text)).filter(({ isCode, isBlank }) => !isCode && !isBlank);
    return found.filter(
      ({ text, level, above }) =>
        level === 0 &&
        ORDER.test(text) &&
        (READER.test(text) || above.slice(-1).some((heading) => READER.test(heading.text))),
    );
  });
}

/** `CLAUDE.md:589-591`: such lines by their places, those of a file that stand close together as one. */
export function tellAddressingAudits(
  lines: readonly Line[],
): readonly { readonly where: string; readonly text: string }[] {
  const groups: Line[][] = [];
  for (const line of lines) {
    const last = groups.at(-1)?.at(-1);
    if (last?.file === line.file && line.number - last.number <= NEAR) groups.at(-1)?.push(line);
    else groups.push([line]);
  }
  return groups.map((group) => {
    const [first, last] = [group[0], group.at(-1)];
    const end = last === first ? "" : `-${last?.number}`;
    return {
      where: `${first?.file.path}:${first?.number}${end}`,
      text: group.map(({ text }) => text.trim()).join(" "),
    };
  });
}
const NEAR = 3;

import matter from "gray-matter";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PLUGIN_ROOT } from "../files/plugin-root.ts";

/** A markdown file with frontmatter, as Claude Code reads it. */
export type PromptFile = {
  readonly name: string;
  readonly frontmatter: Readonly<Record<string, unknown>>;
  readonly body: string;
  readonly words: number;
  readonly lines: number;
};

/** The markdown files of a folder of the plugin; a `SKILL.md` has the name of its folder. Throws on frontmatter that is no YAML, which Claude Code lets pass. */
export function readPrompts(folder: "agents" | "commands"): readonly PromptFile[] {
  return readdirSync(join(PLUGIN_ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .toSorted()
    .map((file) => {
      const text = readFileSync(join(PLUGIN_ROOT, folder, file), "utf8");
      // With options given gray-matter does not cache; from its cache broken text parses as empty.
      const { data, content } = matter(text, {});
      return {
        name: file.replace(/(?:[\\/]SKILL)?\.md$/u, ""),
        frontmatter: data,
        body: content,
        words: content.split(/\s+/u).filter(Boolean).length,
        lines: text.trimEnd().split("\n").length,
      };
    });
}

/** The fenced blocks of a text, without their fences. */
export function fencedBlocks(text: string, language = ""): readonly string[] {
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gmu)]
    .filter(([, tag]) => tag === language)
    .map(([, , content = ""]) => content);
}

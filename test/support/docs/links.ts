import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { PLUGIN_ROOT } from "../files/plugin-root.ts";

/** A document without its fenced blocks, which hold no links and no headings. */
const withoutBlocks = (text: string): string => text.replaceAll(/^```[\s\S]*?^```$/gmu, "");

/** The anchors that GitHub gives to the headings of a document. */
export function anchorsOf(text: string): readonly string[] {
  const seen = new Map<string, number>();
  return [...withoutBlocks(text).matchAll(/^#{1,6} (.+)$/gmu)].map(([, heading = ""]) => {
    const anchor = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(/\s/gu, "-");
    const times = seen.get(anchor) ?? 0;
    seen.set(anchor, times + 1);
    return times === 0 ? anchor : `${anchor}-${times}`;
  });
}

/** The targets of a document's links, pictures included, that are no file of the project, or no heading of that file. */
export function brokenLinks(path: string, text: string): readonly string[] {
  const links = withoutBlocks(text).matchAll(/\]\(([^)\s]+)\)|\b(?:src|href)="([^"]+)"/gu);
  return [...links]
    .map(([, target, attribute]) => target ?? attribute ?? "")
    .filter((target) => !/^[a-z]+:/u.test(target) && !leadsSomewhere(path, text, target));
}

function leadsSomewhere(path: string, text: string, target: string): boolean {
  const [file = "", anchor] = target.split("#");
  const linked = join(PLUGIN_ROOT, dirname(path), file);
  if (file !== "" && !existsSync(linked)) return false;
  if (anchor === undefined) return true;
  const content = file === "" ? text : statSync(linked).isFile() ? readFileSync(linked, "utf8") : "";
  return anchorsOf(content).includes(anchor);
}

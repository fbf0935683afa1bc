/**
 * Which sessions a file is in force in: 0 in all of them, 1 where its folder is worked in, 2 when its agent, command or
 * skill is used, 3 for what Claude Code does not read by itself: the product's prompts, and what agents of other makers
 * read. See https://code.claude.com/docs/en/memory.
 */
export function rankOf(path: string): 0 | 1 | 2 | 3 {
  const lower = path.toLowerCase();
  if (/^(?:\.claude\/)?(?:claude|claude\.local|agents|agents\.override)\.md$|^\.claude\/rules\//u.test(lower)) return 0;
  if (/(?:^|\/)(?:claude|claude\.local|agents|agents\.override)\.md$/u.test(lower)) return 1;
  if (/(?:^|\/)\.(?:gemini|cursor|github|windsurf|codex)\//u.test(lower)) return 3;
  return /(?:^|\/)(?:rules|agents|commands|skills|output-styles|\.claude)\//u.test(lower) ? 2 : 3;
}

/** Those that are in force in every session in the order of their weight. */
const FIRST = ["claude.md", "claude.local.md", "agents.md", "agents.override.md", ".claude/claude.md"];

/** Orders paths: what is in force in every session first, then what lies nearest, then by name. */
export function byForce(left: string, right: string): number {
  return (
    rankOf(left) - rankOf(right) ||
    placeOf(left) - placeOf(right) ||
    left.split("/").length - right.split("/").length ||
    (left < right ? -1 : Number(left > right))
  );
}

function placeOf(path: string): number {
  const at = FIRST.indexOf(path.toLowerCase());
  return at < 0 ? FIRST.length : at;
}

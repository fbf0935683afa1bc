// Whether a path, in which there may be patterns of a shell, leads to docs/audit.

const AUDITS = ["docs", "audit"];
/** Files that only docs/audit has. */
const OURS = /^(?:implementation_plan\.md|approvals\.jsonl)$/u;
const MAX_ALTERNATIVES = 32;

/** The steps of a path from the root, `.` and `..` resolved, in lower case: some file systems take Docs for docs. */
export function toSegments(path: string, from: readonly string[] = []): readonly string[] {
  const found = /^(?:[/~$\0]|[A-Za-z]:[/\\])/u.test(path) ? [] : [...from];
  for (const segment of path.toLowerCase().replaceAll("\\", "/").split("/")) {
    if (segment === "..") found.pop();
    else if (segment !== "" && segment !== ".") found.push(segment);
  }
  return found;
}

/** What of the audits of the project at `top` a path can be: docs/audit or below it, docs, the project or above it, or none. */
export function reachOf(
  path: readonly string[],
  top: readonly string[],
): "audits" | "folder of audits" | "project" | null {
  if (path.some((segment, at) => segment === AUDITS[0] && path[at + 1] === AUDITS[1])) return "audits";
  const target = [...top, ...AUDITS];
  let reached = new Set([0]);
  for (const [at, segment] of path.entries()) {
    const next = new Set<number>();
    if (segment === "**") {
      const from = Math.min(...reached);
      // Any pattern below the project could be meant for the audits: only what names them is.
      const isMeant = from > top.length || isOurs(path.slice(at + 1));
      for (let step = from; step < target.length + (isMeant ? 1 : 0); step += 1) next.add(step);
    } else
      for (const step of reached) {
        if (step === target.length) next.add(step);
        else if (isMatch(segment, target[step] ?? "")) next.add(step + 1);
      }
    if (next.size === 0) return null;
    reached = next;
  }
  if (reached.has(target.length)) return "audits";
  return Math.max(...reached) > top.length ? "folder of audits" : "project";
}

/** What of a path lies below docs/audit; null where a pattern stands in place of that folder's name. */
export function belowAudits(path: readonly string[]): string | null {
  const at = path.findIndex((segment, index) => segment === AUDITS[0] && path[index + 1] === AUDITS[1]);
  return at < 0 ? null : path.slice(at + AUDITS.length).join("/");
}

const isOurs = (rest: readonly string[]): boolean =>
  rest.every((segment) => /^\*+$/u.test(segment)) || OURS.test(rest.at(-1) ?? "");

/** Whether a name fits a pattern of `*`, `?` and `[…]`. */
function isMatch(pattern: string, name: string): boolean {
  if (!/[*?[]/u.test(pattern)) return pattern === name;
  return isFit(pattern.replace(/\[[^\][]*\]/gu, "?"), name);
}

/** What a path with `{a,b}` stands for; with many such groups the last ones stay. */
export function alternatives(path: string): readonly string[] {
  const done: string[] = [];
  const open = [path];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    const group = /(?<!\$)\{([^{},]*,[^{}]*)\}/u.exec(one);
    if (group === null || done.length + open.length >= MAX_ALTERNATIVES) done.push(one);
    else {
      const [before, after] = [one.slice(0, group.index), one.slice(group.index + group[0].length)];
      const middles = (group[1] ?? "").split(",").slice(0, MAX_ALTERNATIVES);
      open.push(...middles.map((middle) => before + middle + after));
    }
  }
  return done;
}

/** `*` and `?` alone; the time is at most the product of both lengths. */
function isFit(pattern: string, name: string): boolean {
  let [at, star, mark] = [0, -1, 0];
  for (let index = 0; index < name.length;) {
    if (pattern[at] === "?" || pattern[at] === name[index]) {
      at += 1;
      index += 1;
    } else if (pattern[at] === "*") {
      star = at;
      at += 1;
      mark = index;
    } else if (star >= 0) {
      at = star + 1;
      mark += 1;
      index = mark;
    } else return false;
  }
  return /^\**$/u.test(pattern.slice(at));
}

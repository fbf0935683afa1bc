import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");

const VALUES = ["trace/values"];
const SHELL = [...VALUES, "trace/shell"];
const CALL = [...SHELL, "trace/call"];
const READ = [...CALL, "trace/redact"];
const ROWS = [...READ, "trace/rows"];
const EXPORTERS = [...ROWS, "trace/exporters"];
const TIMELINE = [...EXPORTERS, "trace/timeline"];
const RUN = [...TIMELINE, "trace/run"];
const PATTERNS = [...RUN, "trace/patterns"];
const TURNS = [...PATTERNS, "trace/turns"];
const TRACE = [...TURNS, "trace/summary", "trace/transcript"];
const LAYOUT = [...SHELL, "trace/shell/changes", "audit", "audit/layout"];
const EVIDENCE = [...LAYOUT, "audit/sentences", "audit/evidence"];
const ANSWERS = [...EVIDENCE, "audit/instructions", "audit/answers"];
const PLAN = [...ANSWERS, "audit/plan"];
const COMPARE = [...PLAN, "audit/compare"];
const AUDIT = [...COMPARE, "audit/history", "audit/plop", "audit/clerk"];
const PORT = [...TRACE, "audit", "audit-error", "config", "sources"];
const DISK = [...AUDIT, "audit-error", "disk"];
const HOOK = [
  "hooks/claude-code",
  "hooks/follow-links",
  "hooks/audit-places",
  "hooks/edit-targets",
  "hooks/state",
  "hooks/context",
];

/** The house: each room, and the rooms that it may import from besides itself. What is not listed is not allowed. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  "trace/values": [],
  "trace/redact": [],
  "trace/shell": VALUES,
  "trace/shell/changes": SHELL,
  "trace/call": SHELL,
  "trace/rows": READ,
  "trace/exporters": ROWS,
  "trace/timeline": EXPORTERS,
  "trace/run": TIMELINE,
  "trace/patterns": RUN,
  "trace/turns": RUN,
  "trace/summary": TURNS,
  "trace/transcript": ROWS,
  audit: VALUES,
  "audit/scan": VALUES,
  "audit/layout": [...SHELL, "trace/shell/changes", "audit"],
  "audit/sentences": [...LAYOUT, "trace/redact"],
  "audit/evidence": [...LAYOUT, "audit/sentences"],
  "audit/instructions": [...EVIDENCE, "trace/redact"],
  "audit/answers": [...EVIDENCE, "audit/instructions"],
  "audit/plan": ANSWERS,
  "audit/compare": PLAN,
  "audit/history": COMPARE,
  "audit/plop": PLAN,
  "audit/clerk": ANSWERS,
  "audit-error": [],
  config: ["audit-error"],
  opening: [],
  sources: TRACE,
  repository: [...ANSWERS, ...TRACE, "config"],
  "sources/select": PORT,
  "sources/langfuse": PORT,
  "sources/transcripts": PORT,
  disk: [...AUDIT, "trace/summary", "audit-error", "config", "repository"],
  deadlines: ["audit", "sources"],
  auditor: [...PORT, "deadlines", "repository", "sources/select", "sources/langfuse", "sources/transcripts"],
  tools: [...TRACE, "audit", "auditor", "audit-error", "disk", "sources", "audit/compare", "audit/layout"],
  server: ["tools", "auditor", "trace/summary"],
  "scan-page": ["auditor", "audit-error", "audit/scan", "trace/summary"],
  main: ["auditor", "server", "disk", "scan-page"],
  "node-version": [],
  start: ["node-version", "opening", "main"],
  "hooks/claude-code": VALUES,
  "hooks/follow-links": ["audit-error"],
  "hooks/audit-places": [...DISK, "hooks/follow-links"],
  "hooks/edit-targets": [...ANSWERS, "audit/plop", "hooks/follow-links"],
  "hooks/state": [...DISK, "hooks/claude-code"],
  "hooks/context": ["hooks/claude-code", "hooks/state"],
  "hooks/place": ["audit", ...HOOK],
  "hooks/cli-version": ["audit", "audit/plop", ...HOOK],
  "hooks/audit": [...DISK, ...HOOK],
  "hooks/plop": [...DISK, ...HOOK],
  "hooks/answer": [...VALUES, "audit", ...HOOK],
  "hooks/sets": [...VALUES, ...HOOK, "hooks/answer", "hooks/place", "hooks/cli-version", "hooks/audit", "hooks/plop"],
  "hooks/start": ["node-version", "hooks/sets"],
};
/** Rooms without any I/O: they import zod and each other, no module of Node and no other package. */
const isPure = (room: string): boolean => /^(?:trace|audit)(?:\/|$)/u.test(room);

type Import = { readonly from: string; readonly to: string };

const files = ["mcp-server/src", "hooks/src"].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => `${folder}/${file.replaceAll("\\", "/")}`),
);
const imports: readonly Import[] = files.flatMap((from) =>
  targetsOf(readFileSync(join(ROOT, from), "utf8")).map((target) => ({ from, to: resolve(from, target) })),
);

/** What a source names after `from`, `import` and `import(`; of a relative one the path below the project. */
function targetsOf(source: string): readonly string[] {
  const named =
    /\b(?:import|export)\b[^;'"`]*?\bfrom\s*["']([^"']+)["']|^\s*import\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/gmu;
  return [...source.matchAll(named)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
}

function resolve(from: string, target: string): string {
  return target.startsWith(".") ? join(dirname(from), target).replaceAll("\\", "/") : target;
}

/** The room of a file: its folder, such as `trace/rows`; a file that lies in no folder is a room of its own. */
function roomOf(file: string): string {
  const path = file.replace(/^mcp-server\/src\//u, "").replace(/^hooks\/src\//u, "hooks/");
  const folder = dirname(path);
  return folder === "." || folder === "hooks" ? path.replace(/\.ts$/u, "") : folder;
}

const isOurs = (file: string): boolean => /^(?:mcp-server|hooks)\/src\//u.test(file);

test("each room imports only from the rooms that the table allows", () => {
  const wrong = imports
    .filter(({ to }) => isOurs(to))
    .filter(({ from, to }) => {
      const [room, other] = [roomOf(from), roomOf(to)];
      return room !== other && MAY_IMPORT[room]?.includes(other) !== true;
    });
  expect(wrong.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
});

test("the table has every room and no other", () => {
  expect([...new Set(files.map(roomOf))].toSorted()).toEqual(Object.keys(MAY_IMPORT).toSorted());
});

test("no room may import one that may import it, by whatever way", () => {
  expect(stronglyConnected(Object.keys(MAY_IMPORT), (room) => MAY_IMPORT[room] ?? [])).toEqual([]);
});

test("no file imports itself by way of others", () => {
  const circles = stronglyConnected(files, (file) =>
    imports.filter(({ from, to }) => from === file && isOurs(to)).map(({ to }) => to),
  );
  expect(circles).toEqual([]);
});

test("the pure wings import zod and themselves, nothing else", () => {
  const foreign = imports.filter(({ from, to }) => isPure(roomOf(from)) && !isOurs(to) && to !== "zod");
  expect(foreign.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
});

test("the pure wings read no clock, no chance and no process", () => {
  const impure = files
    .filter((file) => isPure(roomOf(file)))
    .filter((file) => {
      const code = readFileSync(join(ROOT, file), "utf8").replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/gu, "");
      return /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\bperformance\.|\bprocess\.|\bglobalThis\b|\bfetch\(|\bset(?:Timeout|Interval)\b|\bcrypto\./u.test(
        code,
      );
    });
  expect(impure).toEqual([]);
});

test("only one place speaks to each of the outside's libraries", () => {
  const users = (name: RegExp): readonly string[] => [
    ...new Set(imports.filter(({ to }) => name.test(to)).map(({ from }) => roomOf(from))),
  ];
  expect(users(/^@modelcontextprotocol\//u).toSorted()).toEqual(["main", "server", "tools"]);
  expect(users(/^@langfuse\//u)).toEqual(["sources/langfuse"]);
});

test("docs/audit is spelled in the layout alone", () => {
  const spelled = files.filter((file) => {
    const code = readFileSync(join(ROOT, file), "utf8").replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/gu, "");
    return /"docs"|docs\/audit\/(?:summaries|[A-Z]|approvals)/u.test(code);
  });
  expect(spelled.filter((file) => roomOf(file) !== "audit/layout")).toEqual([]);
});

test("an import would be seen however it is written, and so would a circle", () => {
  const source = [
    'import fs from "node:fs";',
    "import { a,\n b } from './a.ts';",
    'import "../reader.ts";',
    'export * from "langfuse";',
    'const x = await import("node:os");',
    'import type { Y } from "zod";',
  ].join("\n");
  expect(targetsOf(source)).toEqual(["node:fs", "./a.ts", "../reader.ts", "langfuse", "node:os", "zod"]);
  const next: Record<string, readonly string[]> = { a: ["b"], b: ["c"], c: ["a"], d: ["a", "d"], e: [] };
  expect(stronglyConnected(Object.keys(next), (name) => next[name] ?? [])).toEqual([["a", "b", "c"], ["d"]]);
});

/** Groups of names that reach each other, and names that reach themselves (Tarjan). */
function stronglyConnected(names: readonly string[], nextOf: (name: string) => readonly string[]): readonly string[][] {
  const number = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const groups: string[][] = [];
  const visit = (name: string): number => {
    const mine = number.size;
    number.set(name, mine);
    low.set(name, mine);
    open.push(name);
    for (const next of nextOf(name)) {
      const reached = number.has(next) ? (open.includes(next) ? (number.get(next) ?? 0) : mine) : visit(next);
      low.set(name, Math.min(low.get(name) ?? mine, reached));
    }
    const lowest = low.get(name) ?? mine;
    if (lowest === mine) {
      const group = open.splice(open.indexOf(name)).toSorted();
      if (group.length > 1 || nextOf(name).includes(name)) groups.push(group);
    }
    return lowest;
  };
  for (const name of names) if (!number.has(name)) visit(name);
  return groups.toSorted((left, right) => ((left[0] ?? "") < (right[0] ?? "") ? -1 : 1));
}

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { checkDiagnosis, ISSUE_KINDS } from "../../mcp-server/src/audit/answers/prompt-engineer.ts";
import { parseFacts } from "../../mcp-server/src/audit/evidence/summary-facts.ts";
import { RECURRING } from "../../mcp-server/src/trace/turns/recurring.ts";

const prompt = readFileSync(new URL("../../agents/prompt-engineer.md", import.meta.url), "utf8");
const [, example = ""] = /```json\n([\s\S]*?)\n```/u.exec(prompt) ?? [];

test("the prompt names each kind of issue that an answer may have, and no other", () => {
  const [, list = ""] = /^- `kind` is one of: (.*)$/mu.exec(prompt) ?? [];
  expect([...list.matchAll(/`([a-z-]+)`/gu)].map(([, kind]) => kind)).toEqual(ISSUE_KINDS);
});

test("the prompt's example is an answer that passes", () => {
  const did = ["edit scripts/seed.sh"];
  const turns = [4, 6].map((turn) => ({ turn, human: "it fails", did, end: "answered" }));
  const facts = parseFacts(JSON.stringify({ trace_id: "a", notable_patterns: [], metrics: {}, turns }));
  expect(facts).not.toBeNull();
  expect(checkDiagnosis(example, facts === null ? [] : [facts], null).problems).toEqual([]);
});

test("what recurs is cited by its kind or as one entry, and each kind can be", () => {
  const recurring = RECURRING.map((kind) => ({ kind, what: "a", turns: [1, 2] }));
  const facts = parseFacts(JSON.stringify({ trace_id: "a", notable_patterns: [], metrics: {}, recurring }));
  expect([...(facts?.evidence.keys() ?? [])]).toEqual(
    RECURRING.flatMap((kind) => [`recurring:${kind}`, `recurring:${kind}:a`]),
  );
});

test("a row without a number is cited as it is written, and two of one kind stand together or apart", () => {
  const recurring = ["a.ts", "b.ts"].map((what) => ({ kind: "missing_path", what, turns: [1, 2] }));
  const summary = { trace_id: "a", notable_patterns: [], metrics: {}, turns: [{ turn: null, human: "go" }], recurring };
  const evidence = parseFacts(JSON.stringify(summary))?.evidence;
  expect(evidence?.get("turn:null")).toContain("go");
  expect(evidence?.get("recurring:missing_path")).toMatch(/a\.ts.*b\.ts/u);
  expect(evidence?.get("recurring:missing_path:b.ts")).not.toContain("a.ts");
});

import { buildTrace } from "./rows.ts";
import type { LegacyTrace } from "../langfuse/store.ts";

const start = Date.parse("2026-11-23T08:00:00.000Z");

/** A completed turn with one call, named as some exporter names it. */
export function toolTrace(type: string, name: string): LegacyTrace {
  const trace = buildTrace(`${type} ${name}`);
  const texts = { input: "Do it", output: "Done" };
  const parent = trace.row({ ...texts, name: "turn", type: "SPAN", start, end: start + 900 });
  trace.row({ name, type, start: start + 100, end: start + 300, parent, output: "ok" });
  return trace.finish({ ...texts, name: "turn", start });
}

/** A coding agent's run, written by an exporter with names of its own. */
export const madeUpTrace = makeUp();

function makeUp(): LegacyTrace {
  const trace = buildTrace("made up");
  const texts = { input: { prompt: "Rename the module" }, output: { result: "Renamed." } };
  const root = trace.row({ ...texts, name: "zapper/run", type: "CHAIN", start, end: start + 4000 });
  const step = trace.row({ name: "zapper/think", type: "SPAN", start: start + 10, end: start + 3000, parent: root });
  for (const at of [500, 1500]) {
    trace.row({
      name: "zap.read",
      type: "TOOL",
      start: start + at,
      end: start + at + 90,
      parent: step,
      input: `file ${at}`,
      output: { ok: true },
    });
  }
  trace.row({ name: "zapper/note", type: "EVENT", start: start + 2000, end: null, parent: root, input: 17 });
  trace.row({
    name: "",
    type: "SOMETHING_NEW",
    start: start + 2100,
    end: start + 2100,
    parent: "gone",
    output: [null, 3],
  });
  return trace.finish({ ...texts, name: "zapper/run", start });
}

/** A question answered from documents: no agent, no tools. */
export const ragTrace = makeRag();

function makeRag(): LegacyTrace {
  const trace = buildTrace("rag");
  const texts = {
    input: { question: "What is the notice period?" },
    output: { answer: "Three months.", sources: [1, 2] },
  };
  const parent = trace.row({ ...texts, name: "answer-question", type: "CHAIN", start, end: start + 2500 });
  trace.row({
    name: "embed-query",
    type: "EMBEDDING",
    start: start + 5,
    end: start + 60,
    parent,
    model: "text-embedding-3-small",
    input: "notice period",
  });
  trace.row({
    name: "search-index",
    type: "RETRIEVER",
    start: start + 60,
    end: start + 200,
    parent,
    output: [{ id: 1, score: 0.9 }],
  });
  trace.row({ name: "grounded", type: "EVALUATOR", start: start + 2300, end: start + 2400, parent, output: "yes" });
  const messages = [
    { role: "system", content: "Answer from the documents." },
    { role: "user", content: "What is the notice period?" },
  ];
  trace.row({
    name: "gpt-4o",
    type: "GENERATION",
    start: start + 210,
    end: start + 2300,
    parent,
    input: messages,
    output: { role: "assistant", content: "Three months." },
    model: "gpt-4o",
  });
  return trace.finish({ ...texts, name: "answer-question", start });
}

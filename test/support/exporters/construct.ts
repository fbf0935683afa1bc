import { arizeHarness, openinferencePython } from "./agents.ts";
import { baem1n, pdhoolia } from "./bridges.ts";
import { officialPluginV0, officialPluginV2 } from "./hooks.ts";
import { langsmith, langsmithPython } from "./langsmith.ts";
import { litellmLast, litellmRequest, litellmSubagent } from "./litellm.ts";
import { paceMaker } from "./pace-maker.ts";
import { readTurn, type SessionTurn } from "./session.ts";
import type { LegacyTrace } from "../langfuse/store.ts";

/** A trace as an exporter would have written a recorded scenario; `name` is `<exporter>/<scenario>`. */
export interface ConstructedTrace {
  readonly name: string;
  readonly trace: LegacyTrace;
}

const scenarios = {
  rich: "rich-default",
  interrupted: "interrupted",
  denied: "denied",
  "multiturn.1": "multiturn.1",
  "multiturn.2": "multiturn.2",
} as const;

const single = {
  "official-plugin-v0": officialPluginV0,
  "official-plugin-v2": officialPluginV2,
  "pdhoolia-plugin": pdhoolia,
  "baem1n-hook": baem1n,
  "agent-sdk-langsmith-otel": langsmith,
  "agent-sdk-langsmith-otel-python": langsmithPython,
  "agent-sdk-openinference-python": openinferencePython,
  "arize-harness": arizeHarness,
} as const satisfies Readonly<Record<string, (turn: SessionTurn, seed: string) => LegacyTrace>>;

/**
 * The traces of the exporters whose code was read or run, built out of what really happened in the recorded scenarios.
 * The same bytes on each call.
 */
export function constructTraces(): readonly ConstructedTrace[] {
  const turns = new Map(Object.entries(scenarios).map(([name, file]) => [name, readTurn(file)]));
  const turn = (name: keyof typeof scenarios): SessionTurn => turns.get(name) ?? readTurn(scenarios[name]);
  const singles = Object.entries(single).flatMap(([exporter, construct]) =>
    [...turns].map(([scenario, one]) => {
      const name = `${exporter}/${scenario}`;
      return { name, trace: construct(one, name) };
    }),
  );
  const apiError = "arize-harness/apierror";
  const paced = [...turns].flatMap(([scenario, one]) => {
    const name = `pace-maker/${scenario}`;
    return paceMaker(one, name).map((trace, at) => ({ name: at === 0 ? name : `${name}.subagent`, trace }));
  });
  return [
    ...singles,
    { name: apiError, trace: arizeHarness(readTurn("apierror"), apiError) },
    ...paced,
    ...constructProxied(turn),
  ];
}

function constructProxied(turn: (name: keyof typeof scenarios) => SessionTurn): readonly ConstructedTrace[] {
  const named = (name: string, construct: (seed: string) => LegacyTrace): ConstructedTrace => ({
    name: `litellm-proxy/${name}`,
    trace: construct(`litellm-proxy/${name}`),
  });
  return [
    named("rich", (seed) => litellmLast([turn("rich")], seed)),
    named("rich.first", (seed) => litellmRequest(turn("rich"), 0, seed)),
    named("rich.subagent", (seed) => litellmSubagent(turn("rich"), seed)),
    named("interrupted", (seed) => litellmLast([turn("interrupted")], seed)),
    named("denied", (seed) => litellmLast([turn("denied")], seed)),
    named("multiturn.1", (seed) => litellmLast([turn("multiturn.1")], seed)),
    named("multiturn.2", (seed) => litellmLast([turn("multiturn.1"), turn("multiturn.2")], seed)),
  ];
}

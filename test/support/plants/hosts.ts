import { arizeHarness, openinferencePython } from "../exporters/agents.ts";
import { baem1n, pdhoolia } from "../exporters/bridges.ts";
import { officialPluginV0, officialPluginV2 } from "../exporters/hooks.ts";
import { langsmith, langsmithPython } from "../exporters/langsmith.ts";
import { litellmLast } from "../exporters/litellm.ts";
import { paceMaker } from "../exporters/pace-maker.ts";
import { readTurn, type SessionTurn } from "../exporters/session.ts";
import type { LegacyObservation, LegacyTrace } from "../langfuse/store.ts";
import { nativeWriter, openinferenceWriter } from "./foreign-rows.ts";
import { hookWriter } from "./hook-rows.ts";
import { isTool, plantIntoRows, type PlantedTrace, requestsOf, type Templates, type Writer } from "./rows.ts";
import { isFailedRequest, type PlantStep, plantIntoTurn } from "./session.ts";
import { transcriptHosts } from "./transcript.ts";
import { readFixture } from "../langfuse/traces.ts";

/** A turn without a finding as one exporter writes it, and the same turn with more steps before its answer. */
export interface Host {
  readonly name: string;
  readonly exporter: string;
  readonly trace: LegacyTrace;
  /** Sent over the old ingestion route, whose traces come with a synthetic root on every server with the new API. */
  readonly isIngested: boolean;
  readonly plant: (steps: readonly PlantStep[], isInterrupted: boolean) => PlantedTrace;
}

const ofHook = (exporter: string) =>
  [exporter, hookWriter, `${exporter}/rich-default`, [`${exporter}/multiturn.1`, `${exporter}/multiturn.2`]] as const;

/** Exporters whose traces were recorded: the writer, its run of 20 calls, and its clean turns. */
const recorded: readonly (readonly [
  exporter: string,
  createWriter: (templates: Templates) => Writer,
  sample: string,
  hosts: readonly string[],
])[] = [
  ["native-otel", nativeWriter, "native-otel/rich-default", []],
  ["native-otel+", nativeWriter, "native-otel/rich-content", ["native-otel/multiturn.1", "native-otel/multiturn.2"]],
  ...["docs-hook", "official-plugin-v1", "official-plugin-v1-cleantranscript"].map(ofHook),
  ["official-plugin-pr84-levels", hookWriter, "official-plugin-pr84-levels/rich-default", []],
  ...["cc-langfuse", "doneyli-template"].map(ofHook),
  ["agent-sdk-openinference", openinferenceWriter, "agent-sdk-openinference/rich", []],
];

const constructed: Readonly<Record<string, (turn: SessionTurn, seed: string) => LegacyTrace | undefined>> = {
  "official-plugin-v0": officialPluginV0,
  "official-plugin-v2": officialPluginV2,
  "pdhoolia-plugin": pdhoolia,
  "baem1n-hook": baem1n,
  "pace-maker": (turn, seed) => paceMaker(turn, seed)[0],
  "arize-harness": arizeHarness,
  "agent-sdk-openinference-python": openinferencePython,
  "agent-sdk-langsmith-otel": langsmith,
  "agent-sdk-langsmith-otel-python": langsmithPython,
  "litellm-proxy": (turn, seed) => litellmLast([turn], seed),
};

const INGESTED: ReadonlySet<string> = new Set(["pdhoolia-plugin", "pace-maker", "litellm-proxy"]);

/** Every clean turn of every exporter. */
export function readHosts(): readonly Host[] {
  return [
    ...recorded.flatMap(([exporter, createWriter, sample, names]) => {
      const run = readFixture(sample);
      const hosts =
        names.length > 0
          ? names.map((name) => [name, readFixture(name)] as const)
          : [[`${sample}, cut short`, cutShort(run)] as const];
      return hosts.map(([name, trace]): Host => ({
        name,
        exporter,
        trace,
        isIngested: false,
        plant: (steps, isInterrupted) =>
          plantIntoRows({ host: trace, sample: run }, createWriter, steps, isInterrupted),
      }));
    }),
    ...Object.entries(constructed).flatMap(([exporter, construct]) =>
      ["multiturn.1", "multiturn.2"].map((scenario) => constructedHost(exporter, scenario, construct)),
    ),
    ...transcriptHosts(),
  ];
}

function constructedHost(
  exporter: string,
  scenario: string,
  construct: (turn: SessionTurn, seed: string) => LegacyTrace | undefined,
): Host {
  const name = `${exporter}/${scenario}`;
  const turn = readTurn(scenario);
  const write = (one: SessionTurn): LegacyTrace => {
    const trace = construct(one, name);
    if (trace === undefined) throw new Error(`${name} wrote no trace`);
    return trace;
  };
  const trace = write(turn);
  const own = new Set(trace.observations.map(contentOf));
  return {
    name,
    exporter,
    trace,
    isIngested: INGESTED.has(exporter),
    plant: (steps, isInterrupted) => {
      const whole = plantIntoTurn(turn, steps, isInterrupted);
      // These exporters see the session's answers, which hold no failed request but the last.
      const planted = { ...whole, steps: whole.steps.filter((step) => !isFailedRequest(step)) };
      const written = write(planted);
      const rows = written.observations.filter((row) => !own.has(contentOf(row))).map(({ id }) => id);
      // A proxy's calls are no rows, and go by their own ids.
      const calls = planted.steps.flatMap((step) => step.calls.map(({ id }) => id));
      return { trace: written, planted: new Set([...rows, ...calls.filter((id) => id.startsWith("toolu_planted"))]) };
    },
  };
}

const contentOf = ({ type, input, output, usageDetails }: LegacyObservation): string =>
  JSON.stringify([type, input, output, usageDetails]);

/** A run's root, its first request with its call, and its answer. */
function cutShort(run: LegacyTrace): LegacyTrace {
  const requests = requestsOf(run);
  const [call] = run.observations.filter(isTool).toSorted((left, right) => (left.startTime < right.startTime ? -1 : 1));
  const kept = new Set([requests[0]?.id, requests.at(-1)?.id, call?.id]);
  const observations = run.observations.filter(
    (row) => kept.has(row.id) || row.parentObservationId === call?.id || isTop(row, run),
  );
  return { ...run, observations };
}

const isTop = ({ parentObservationId }: LegacyObservation, { observations }: LegacyTrace): boolean =>
  observations.every(({ id }) => id !== parentObservationId);

import type { TraceFacts } from "../rows/reducer.ts";
import { agentSdkOpeninference } from "./agent-sdk-openinference.ts";
import { arizeHarness } from "./arize-harness.ts";
import { baem1nHook } from "./baem1n-hook.ts";
import { ccLangfuse } from "./cc-langfuse.ts";
import { docsHook } from "./docs-hook.ts";
import { doneyliTemplate } from "./doneyli-template.ts";
import { langsmithOtel } from "./langsmith-otel.ts";
import { litellmProxy } from "./litellm-proxy.ts";
import { nativeOtel } from "./native-otel.ts";
import { officialPluginV0 } from "./official-plugin-v0.ts";
import { officialPlugin } from "./official-plugin.ts";
import { paceMaker } from "./pace-maker.ts";
import { pdhooliaPlugin } from "./pdhoolia-plugin.ts";
import type { Shape } from "./exporter.ts";
import { transcript } from "./transcript.ts";

/** Every exporter that is known by name. A new one is one file and one line here; the first that recognises wins. */
export const SHAPES: readonly Shape[] = [
  transcript,
  nativeOtel,
  officialPlugin,
  officialPluginV0,
  pdhooliaPlugin,
  baem1nHook,
  docsHook,
  ccLangfuse,
  doneyliTemplate,
  arizeHarness,
  agentSdkOpeninference,
  langsmithOtel,
  litellmProxy,
  paceMaker,
];

/** An exporter nobody described: what its rows show is told, and errors and subagents are never taken for complete. */
const UNKNOWN: Shape = {
  id: "unknown",
  recognises: () => true,
  atMost: { errors: "inferred", subagents: "partial", tasks: "partial" },
  flagsErrors: false,
  loses: ["unknown_exporter"],
};

/** The exporter that wrote a trace. */
export function toShape(facts: TraceFacts): Shape {
  return SHAPES.find((shape) => shape.recognises(facts)) ?? UNKNOWN;
}

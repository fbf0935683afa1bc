// Draws docs/demo.svg anew: the demo is run, and what it prints first becomes the picture.
import { writeFileSync } from "node:fs";
import { toPicture } from "../support/demo/picture.ts";
import { runDemo } from "../support/demo/run.ts";

writeFileSync(new URL("../../docs/demo.svg", import.meta.url), toPicture(await runDemo()));

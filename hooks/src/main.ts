// What Claude Code runs for each event in hooks.json: one JSON object in, at most one out.
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { isRecord } from "../../mcp-server/src/core/json.ts";
import { answerHook } from "./handlers.ts";

const event: unknown = JSON.parse(await text(process.stdin));
const answer = isRecord(event)
  ? answerHook(event, {
      // An agent file of the user's own takes the bare name.
      hasOwnAgent: (folder, name) =>
        [folder, homedir()].some((place) => existsSync(join(place, ".claude", "agents", `${name}.md`))),
    })
  : null;
if (answer !== null) process.stdout.write(JSON.stringify(answer));

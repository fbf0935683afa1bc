// `npx tsx test/scripts/sweep.ts FOLDER`: compares summaries with a naive count of their lines, turn by turn; one line for each
// difference and a closing count. FOLDER is Claude Code's own (`~/.claude`), or holds traces a line (test/support/sweep).
import { sweep } from "../support/sweep/sweep.ts";

const [folder = ""] = process.argv.slice(2);
if (folder === "") {
  console.error("Name a folder: npx tsx test/scripts/sweep.ts FOLDER");
  process.exit(1);
}
const { sessions, turns, calls, differences } = await sweep(folder);
for (const line of differences) console.log(line);
console.log(`${sessions} sessions, ${turns} turns, ${calls} calls: ${differences.length} differences`);

import { isAuditPath } from "../layout/places.ts";
import { isHiding } from "../sentences/invisible-text.ts";

const TEXT = /\.(?:md|markdown|txt|prompt)$/u;
/** Of configuration, the forms of which a change can be judged. */
const PLAIN = /\.(?:md|markdown|txt|prompt|ya?ml|json)$/u;
/** Files that agents of different makers read as instructions, wherever they lie. */
const INSTRUCTIONS =
  /^(?:(?:claude|claude\.local|agents|agents\.override|gemini|copilot-instructions)\.md|\.cursorrules|\.windsurfrules|\.clinerules)$/u;
const AGENT_FOLDERS = ["agents", "commands", "skills", "output-styles", "rules", "instructions"];
/** What can grant permissions, run code, or hold a secret; also inside a folder of prompts. */
const NEVER =
  /^(?:settings(?:\..+)?\.json|\.?mcp(?:\..+)?\.json|(?:.*[._-])?hooks?\.json|plugin\.json|marketplace\.json|package(?:-lock)?\.json|tsconfig.*\.json|.*[.-]lock(?:\..+)?|.*\.lock|\.env.*|.*\.env|.*(?:secret|credential|token|password).*\.(?:json|ya?ml|toml|txt|xml)|docker-compose.*|promptfoo.*|compose\.ya?ml|pyproject\.toml|cargo\.toml)$/u;
/** A project's own command or skill of that name wins over the plugin's. */
const COMMANDS = /(?:^|\/)\.claude\/(?:commands|skills)\/(?:.*\/)?(?:plop|audit)(?:\.md$|\/)/u;
const NEVER_FOLDERS = [
  ".git",
  ".claude-plugin",
  "hooks",
  "node_modules",
  "workflows",
  ".ssh",
  ".aws",
  ".vscode",
  ".husky",
];

/**
 * Why a path names no prompt file that a plan may change, or null when it does. Judged by name alone: a plain relative
 * path of an instruction file, of markdown that is an agent, command, skill, output style or rule, of a text or plain
 * configuration file below a folder of prompts, or of one whose name says that it holds a prompt. Template languages that
 * can compute (Jinja, Handlebars, MDX) count as code.
 */
export function judgePromptFile(path: string): string | null {
  const shape = judgeShape(path);
  if (shape !== null) return shape;
  const steps = path.toLowerCase().split("/");
  const name = steps.at(-1) ?? "";
  const folders = steps.slice(0, -1);
  const barred = folders.find((folder) => NEVER_FOLDERS.includes(folder));
  if (barred !== undefined) return `${barred}/ holds no prompts`;
  if (isAuditPath(path)) return "docs/audit holds the audits themselves";
  if (COMMANDS.test(path.toLowerCase())) return "it would take the place of this plugin's own command";
  if (NEVER.test(name))
    return "it is configuration, a lock file or secrets, which can grant permissions or run code; write such a need as a note for the human";
  const isInstruction = INSTRUCTIONS.test(name);
  const isAgentText = /\.(?:md|mdc)$/u.test(name) && folders.some((folder) => AGENT_FOLDERS.includes(folder));
  const isPrompt = PLAIN.test(name) && (folders.some((folder) => /^prompts?$/u.test(folder)) || /prompt/u.test(name));
  const isClaudeText = folders.includes(".claude") && TEXT.test(name);
  return isInstruction || isAgentText || isPrompt || isClaudeText
    ? null
    : "it is no prompt file (an instruction file such as CLAUDE.md, a prompt, or markdown of an agent, command, skill, output style or rule)";
}

const MAY_BE = /\.(?:md|mdc|markdown|txt|prompt|ya?ml|json|toml|xml|\w+rules)$/iu;

/** Whether a file of this name could be a prompt file at all; cheap, for those who look at every file of a project. */
export function mayBePromptFile(name: string): boolean {
  return MAY_BE.test(name);
}

function judgeShape(path: string): string | null {
  if (path.length > 200) return "its path is longer than 200 characters";
  if (/^[/\\~]|^[A-Za-z]:/u.test(path)) return "its path has to be relative to the project";
  if (path.split("/").some((step) => step === "..")) return "its path leaves the project with ..";
  if (isHiding(path) || /[\\:*?"'`<>|{}[\]()$!;&%#,\t]/u.test(path))
    return "its path holds characters that a file of prompts does not need";
  const isPlain = path
    .split("/")
    .every((step) => step !== "" && step !== "." && step.trim() === step && !step.endsWith("."));
  return isPlain ? null : "its path has to be written plainly, as folder/file, without ./ or empty steps";
}

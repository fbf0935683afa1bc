import type { SummaryFacts } from "../evidence/summary-facts.ts";
import { isTestFile } from "../../trace/values/test-file.ts";
import { filesOf, isSameFile, turnsOf, EDIT, type Turn } from "./turn.ts";

/** What a turn can show, and of which turns it can be said. */
export type TurnTrait = {
  readonly id: string;
  /** The turns that can show it, and what those that show it do, in words. */
  readonly of: string;
  readonly shown: string;
  /** What a recommendation speaks of that asks for the opposite; without, the kind of the issue says enough. */
  readonly asked?: RegExp;
  /** Whether a turn can show it at all; only such turns are asked. */
  readonly isOpen: (turn: Turn) => boolean;
  readonly isShown: (turn: Turn) => boolean;
  /** Whether a trace without a recorded order cannot tell. */
  readonly needsOrder: boolean;
};

const CHECK = /^(?:test|lint|build|format) /u;
const TEST = /^test /u;
const SAVE = /^git (?:commit|push)\b/u;
/** Files that no test of code is written for: documents, data, and files outside the project. */
const NO_CODE =
  /\.(?:mdx?|txt|rst|ya?ml|json[c5l]?|toml|ini|cfg|env|xml|html?|css|s[ac]ss|lock)$|^plan file$|^\(outside\)/iu;
/** Words that name what is done with git; without them a prompt asks for none of it. */
const ASKS_FOR_GIT =
  /\b(?:commit\w*|push\w*|stag(?:e|ed|ing)|merge\w*|rebase\w*|release\w*|publish\w*|ship|land|git|tag)\b|\b(?:open|create|make|raise|submit|update)\b.{0,20}\b(?:prs?|pull requests?)\b/iu;

const has = (form: RegExp) => (turn: Turn) => turn.row.did.some((step) => form.test(step));
const edits = has(EDIT);
const asks = ({ row }: Turn): boolean => /[?？]["'”)\s]*$/u.test(row.human ?? "");

/** Every trait, by what it is called. `choose-criteria.ts` says which kinds of issues are about which. */
export const TURN_TRAITS: readonly TurnTrait[] = [
  {
    id: "git",
    of: "turns with a commit or push",
    shown: "leave changed files out of it",
    // What is said of a commit outlives the step, which may have no room.
    isOpen: (turn) => has(SAVE)(turn) || turn.row.git.length > 0,
    isShown: ({ row }) => row.git.length > 0,
    needsOrder: true,
  },
  {
    id: "git_unasked",
    of: "turns",
    shown: "commit or push although the prompt names no such thing",
    // What a turn asked, its answer may order in one word.
    isOpen: ({ row, before }) => row.human !== null && before?.end !== "asked",
    isShown: (turn) => has(/^(?:REFUSED )?git (?:commit|push)\b/u)(turn) && !ASKS_FOR_GIT.test(turn.row.human ?? ""),
    needsOrder: false,
  },
  {
    id: "question_edited",
    of: "turns whose prompt is a question",
    shown: "change files",
    isOpen: asks,
    isShown: edits,
    needsOrder: false,
  },
  {
    id: "refused",
    of: "turns",
    shown: "have a call refused",
    isOpen: () => true,
    isShown: ({ row }) => row.refused !== null,
    needsOrder: false,
  },
  {
    id: "interrupted",
    of: "turns",
    shown: "are interrupted",
    isOpen: ({ row }) => row.end !== null,
    isShown: ({ row }) => row.end === "interrupted",
    needsOrder: false,
  },
  {
    id: "untested",
    of: "turns that change code",
    shown: "change no test",
    asked: /\b(?:add\w*|writ\w+|extend\w*|new|needs?|gets?)\b[^.;:]{0,40}\btests?\b|`?\*?_?tests?\.[a-z]+`? beside\b/iu,
    isOpen: ({ row }) => {
      const { names, isWhole } = filesOf(row.did);
      return names.some(isCode) && (isWhole || names.some(isTestFile));
    },
    isShown: ({ row }) => !filesOf(row.did).names.some(isTestFile),
    needsOrder: false,
  },
  {
    id: "filtered",
    of: "turns with a test",
    shown: "run chosen ones only",
    asked: /\b(?:filtered|whole|full|entire|all)\b[^.;:]{0,30}\b(?:tests?|suites?)\b|\bfiltered\b/iu,
    isOpen: has(TEST),
    isShown: ({ row }) => row.did.filter((step) => TEST.test(step)).every((step) => /, filtered\b/u.test(step)),
    needsOrder: false,
  },
  {
    id: "unchecked",
    of: "turns that change files",
    shown: "leave code unchecked",
    isOpen: (turn) => edits(turn) || turn.row.unchecked.length > 0,
    isShown: ({ row }) => row.unchecked.length > 0,
    needsOrder: true,
  },
  {
    id: "failed_last",
    of: "turns with a check",
    shown: "end with a failed one",
    isOpen: has(CHECK),
    isShown: ({ row }) => /\bFAILED\b/u.test(row.did.findLast((step) => CHECK.test(step)) ?? ""),
    needsOrder: true,
  },
  {
    id: "hidden",
    of: "turns with a check",
    shown: "hide its exit",
    isOpen: has(CHECK),
    isShown: has(/^(?:test|lint|build|format) .*(?:exit hidden by|in the background)/u),
    needsOrder: false,
  },
  {
    id: "failed_lint",
    of: "turns with a lint",
    shown: "have one that fails",
    isOpen: has(/^lint /u),
    isShown: has(/^lint .*\b(?:FAILED|failed)\b/u),
    needsOrder: false,
  },
  {
    id: "edit_failed",
    of: "turns with an edit",
    shown: "have one that fails",
    asked: /\b(?:Read|Edit|re-?read)\b/u,
    isOpen: edits,
    isShown: has(/^(?:edit|write) .*\(failed/u),
    needsOrder: false,
  },
  {
    id: "failed_run",
    of: "turns with a command or check",
    shown: "have one that fails",
    isOpen: has(/^(?:test|lint|build|format|run|git|gh) /u),
    isShown: has(/^(?:test|lint|build|format|run|git|gh) .*\b(?:FAILED|failed)\b/u),
    needsOrder: false,
  },
  {
    id: "missing",
    of: "turns",
    shown: "look for what is not there",
    isOpen: has(/^explore /u),
    isShown: has(/^explore .*(?:\bmissing |\bnothing found\b)/u),
    needsOrder: false,
  },
  {
    id: "rework",
    of: "turns that change files",
    shown: "change one that the turn before changed",
    isOpen: (turn) => turn.before !== null && turn.before.did.length > 0 && edits(turn),
    isShown: ({ row, before }) => {
      const known = filesOf(before?.did ?? []).names;
      return filesOf(row.did).names.some((file) => known.some((other) => isSameFile(file, other)));
    },
    needsOrder: false,
  },
];

function isCode(file: string): boolean {
  return !NO_CODE.test(file) && !isTestFile(file);
}

/** A run's turns that can show a trait, and those of them that do; null where the trace cannot tell. */
export function countTurns(
  trait: TurnTrait,
  facts: SummaryFacts,
): { readonly shown: readonly (number | null)[]; readonly turns: number } | null {
  if (trait.needsOrder && facts.coverage["order"] === "not_recorded") return null;
  const open = turnsOf(facts).filter(trait.isOpen);
  return open.length === 0
    ? null
    : { shown: open.filter(trait.isShown).map(({ row }) => row.turn), turns: open.length };
}

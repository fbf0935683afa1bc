import { catThenRead } from "./cat-then-read.ts";
import { searchChurn } from "./search-churn.ts";
import { editRevertChurn } from "./edit-revert-churn.ts";
import { explorationOverrun } from "./exploration-overrun.ts";
import { giantReads } from "./giant-reads.ts";
import { testWeakening } from "./test-weakening.ts";
import { invalidToolCalls } from "./invalid-tool-calls.ts";
import { contextThrash } from "./context-thrash.ts";
import { correctionLoop } from "./correction-loop.ts";
import { overDelegation, redundantSubagentReads } from "./delegation.ts";
import { apiErrorRetries, permissionWait } from "./waiting.ts";
import { editFailureStreak } from "./edit-failure-streak.ts";
import { editWithoutRead } from "./edit-without-read.ts";
import { interrupted } from "./interrupted.ts";
import { ofSession, type Evidence, type Finding, type Judge, type Pattern, type SessionPattern } from "./pattern.ts";
import { SEVERITIES } from "../values/vocabulary.ts";
import { permissionDenials } from "./permission-denials.ts";
import { repeatedFileReads } from "./repeated-file-reads.ts";
import { toolThrash } from "./tool-thrash.ts";

/** Those that need the earlier turns of the session. */
const SESSION_PATTERNS: readonly SessionPattern[] = [editWithoutRead, correctionLoop];

/** Every pattern. A new one is one file and one line here. */
export const PATTERNS: readonly Pattern[] = [
  repeatedFileReads,
  toolThrash,
  editFailureStreak,
  permissionDenials,
  interrupted,
  catThenRead,
  searchChurn,
  editRevertChurn,
  explorationOverrun,
  giantReads,
  testWeakening,
  overDelegation,
  redundantSubagentReads,
  invalidToolCalls,
  contextThrash,
  permissionWait,
  apiErrorRetries,
  ...SESSION_PATTERNS.map(ofSession),
];

export type Found = Finding & { readonly id: string };

/** All patterns that the trace shows and can decide, the most severe first. One run of calls has one name only. */
export function findPatterns(evidence: Evidence): readonly Found[] {
  const found = PATTERNS.flatMap((pattern) => {
    const finding = pattern.detect(evidence);
    return finding === null ? [] : [{ pattern, finding }];
  });
  const isOverridden = (id: string, observations: readonly string[]): boolean => {
    const own = new Set(observations);
    return found.some(
      ({ pattern, finding }) =>
        pattern.overrides?.includes(id) === true && finding.observations.some((seen) => own.has(seen)),
    );
  };
  return found
    .filter(({ pattern, finding }) => !isOverridden(pattern.id, finding.observations))
    .map(({ pattern, finding }) => ({ id: pattern.id, ...finding }))
    .sort(
      (left, right) =>
        SEVERITIES.indexOf(left.severity) - SEVERITIES.indexOf(right.severity) || (left.id < right.id ? -1 : 1),
    );
}

/** What a turn leaves for a pattern that its session decides. */
export type Memory = { readonly id: string; readonly goesOn: boolean; readonly judge: Judge };

/** What is to be asked once the turns before are known. */
export function rememberTurn(evidence: Omit<Evidence, "earlier">): readonly Memory[] {
  return SESSION_PATTERNS.flatMap(({ id, goesOn, remember }) => {
    const judge = remember(evidence);
    return judge === null ? [] : [{ id, goesOn, judge }];
  });
}

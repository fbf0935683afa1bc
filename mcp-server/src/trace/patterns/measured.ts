// Written by test/scripts/base-rates.ts; docs/base-rates.md says what was measured.

/** The counts of each measured pattern in the turns that show it, of so many turns with a tool call. */
export const MEASURED: { readonly turns: number; readonly counts: Readonly<Record<string, readonly number[]>> } = {
  turns: 536,
  counts: {
    api_error_retries: [],
    cat_then_read: [],
    context_thrash: [],
    correction_loop: [4, 4, 5],
    duplicate_delegation: [],
    edit_failure_streak: [],
    edit_revert_churn: [1, 1, 1, 1, 1, 10],
    edit_without_read: [1, 1, 1, 1, 1, 2],
    ended_on_failing_check: [],
    exploration_overrun: [18, 19, 22],
    giant_reads: [2, 2, 2, 2, 2, 2, 2, 5],
    interrupted: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
    invalid_tool_calls: [3],
    late_planning: [14],
    over_delegation: [],
    permission_denials: [2, 2, 2, 2, 2, 4],
    permission_wait: [],
    redundant_subagent_reads: [3, 3, 12],
    repeated_file_reads: [1, 1, 1, 1, 1, 1, 1, 1, 3],
    retry_failing_command: [],
    search_churn: [4],
    slow_tool_call: [1, 1, 1],
    test_weakening: [],
    tool_thrash: [],
    under_delegation: [],
    unverified_edit: [1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3],
  },
};

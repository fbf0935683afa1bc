// Written by test/scripts/base-rates.ts; docs/base-rates.md says what was measured.

/** The count of each pattern in the turns that show it, of so many turns with a tool call. */
export const MEASURED: { readonly turns: number; readonly counts: Readonly<Record<string, readonly number[]>> } = {
  turns: 536,
  counts: {
    correction_loop: [4, 4, 5],
    edit_revert_churn: [1, 1, 1, 1, 1, 10],
    edit_without_read: [1, 1, 1, 1, 1, 2],
    exploration_overrun: [18, 19, 22],
    giant_reads: [2, 2, 2, 2, 2, 2, 2, 5],
    interrupted: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
    invalid_tool_calls: [3],
    late_planning: [14],
    permission_denials: [2, 2, 2, 2, 2, 4],
    redundant_subagent_reads: [3, 3, 12],
    repeated_file_reads: [1, 1, 1, 1, 1, 1, 1, 1, 3],
    search_churn: [4],
    slow_tool_call: [1, 1, 1],
    unverified_edit: [1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3],
  },
};

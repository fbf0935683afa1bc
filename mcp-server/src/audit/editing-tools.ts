/** The tools of Claude Code that write a file, and the field of their input that names it. */
export const EDITING_TOOLS: ReadonlyMap<string, "file_path" | "notebook_path"> = new Map([
  ["Edit", "file_path"],
  ["Write", "file_path"],
  ["MultiEdit", "file_path"],
  ["NotebookEdit", "notebook_path"],
]);

const folder = process.env["NODE_COMPILE_CACHE"];

/** Lets a Node that a test starts use what others have compiled; nothing outside of the tests (./run-folder.ts). */
export const COMPILED: Readonly<Record<string, string>> = folder === undefined ? {} : { NODE_COMPILE_CACHE: folder };

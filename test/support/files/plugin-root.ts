import { fileURLToPath } from "node:url";

/** The folder of this project, which is the plugin. */
export const PLUGIN_ROOT = fileURLToPath(new URL("../../..", import.meta.url));

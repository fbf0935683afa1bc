import { isRecord, own, text } from "../../trace/values/json.ts";
import { toName, truncate } from "../../trace/values/names.ts";
import type { OpenedProject, Source } from "../port.ts";
import { LangfuseFailure } from "./failure.ts";
import type { Requests } from "./requests.ts";

const MAX_NAME = 100;

/** Reads which project the keys open, and remembers it once a server has said it. A failure costs no audit. */
export function createProjectReader(requests: Requests): Source["openedProject"] {
  let known: OpenedProject | null = null;
  return async (signal) => {
    try {
      known ??= toProject(await requests.projects(signal));
    } catch (error) {
      if (!(error instanceof LangfuseFailure)) throw error;
    }
    return known;
  };
}

/** Keys of an organisation open several; which of them is meant is not known then. */
function toProject(rows: readonly unknown[]): OpenedProject | null {
  const [row, ...others] = rows;
  const [id, name] = isRecord(row) && others.length === 0 ? [text(own(row, "id")), text(own(row, "name"))] : [];
  return id && name ? { id, name: truncate(toName(name), MAX_NAME) } : null;
}

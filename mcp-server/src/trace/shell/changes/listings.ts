import { itself, type Effect } from "./effect.ts";
import { readFind } from "./find.ts";
import { operandsOf } from "./options.ts";

const PRINTS = /^(?:echo|printf|ls|realpath|readlink|dirname|fd|tree)$/u;
const FILTERS = /^(?:grep|egrep|rg|sort|uniq|head|tail|tr|cut|sed|awk|tee|xargs)$/u;

/** The files whose names a command prints, given those that are piped into it. */
export function listedBy([name = "", ...args]: readonly string[], piped: readonly Effect[]): readonly Effect[] {
  if (name === "find") return readFind(args).found;
  if (PRINTS.test(name)) return itself(operandsOf(args));
  if (name === "git") return args.includes("ls-files") ? itself(operandsOf(args).slice(1)) : [];
  if (!FILTERS.test(name)) return [];
  const isSearch = /grep|rg/u.test(name);
  const operands = operandsOf(args);
  if (piped.length === 0) return isSearch ? itself(operands.slice(1)) : [];
  if (!isSearch) return piped;
  // Of the names that go through it, those that it lets pass.
  const isInverted = args.some((word) => /^-[a-zA-Z]*v/u.test(word));
  const passed = piped.map(({ path }): Effect => ({ path, reach: "itself" }));
  return isInverted ? passed : [...passed, ...itself(operands.slice(0, 1))];
}

import { words } from "./words.ts";

/** What a git command does to what is to be committed. */
export type GitStep = {
  readonly action: "add" | "commit" | "push" | "undo" | "look" | "other";
  /** It takes everything that was changed: of files that git knows, or new ones too. */
  readonly takes: "named" | "known" | "all";
};

/** Commands that only look. */
export const GIT_LOOK =
  /^git (?:-\S+ )*(?:log|show|diff|status|branch|blame|ls-files|ls-tree|ls-remote|show-ref|symbolic-ref|check-ignore|name-rev|cherry(?!-)|range-diff|rev-parse|rev-list|for-each-ref|cat-file|fetch|remote|config --get|reflog|worktree list|stash list|merge-base|describe|shortlog|grep)\b/u;

/** What a command that begins with `git ` does. */
export function toGit(text: string): GitStep {
  const given = words(text).slice(1);
  const flags = given.filter((word) => word.startsWith("-"));
  const [action = "", ...rest] = given.filter((word) => !word.startsWith("-"));
  const one = (name: GitStep["action"], takes: GitStep["takes"] = "named"): GitStep => ({ action: name, takes });
  switch (action) {
    case "add":
      if (flags.some((flag) => /^(?:-A|--all)$/u.test(flag)) || rest.includes(".")) return one("add", "all");
      return one("add", flags.some((flag) => /^(?:-u|--update)$/u.test(flag)) ? "known" : "named");
    case "commit":
      return one("commit", flags.some((flag) => /^(?:-[a-z]*a[a-z]*|--all)$/u.test(flag)) ? "known" : "named");
    case "push":
      return one("push");
    case "checkout":
      // A branch is changed, or files are: those hold a dot or a slash, or stand behind `--`.
      return one(flags.includes("--") || rest.some((word) => /\.\w/u.test(word)) ? "undo" : "other");
    case "restore":
    case "reset":
    case "revert":
    case "clean":
      return one("undo");
    case "stash":
      return one(["drop", "push", "save", undefined].includes(rest[0]) ? "undo" : "other");
    default:
      return one(GIT_LOOK.test(text) ? "look" : "other");
  }
}

/** Why a command failed, where its output tells it in a known form: a class only, never the text. */
export type FailureClass =
  | "command not found"
  | "no such script"
  | "usage error"
  | "permission denied"
  | "no such package"
  | "compile error"
  | "no such file"
  | "timed out";

// As shells, package managers, task runners, option parsers and compilers write them (2026). The first that an output shows
// is the class: what never ran before what ran and failed.
// `holds`: words of which each form has one, which are looked for first where that is the cheaper question.
const RULES: readonly (readonly [kind: FailureClass, line: RegExp, holds?: readonly string[]])[] = [
  [
    "command not found",
    /(?:^|: )command not found(?:$|: )|^[\w./@-]{1,60}: (?:\d{1,4}: |line \d{1,4}: )?\S{1,60}: (?:command )?not found$| is not recognized as an internal/mu,
    ["not found", " is not recognized"],
  ],
  [
    "no such script",
    /Script not found|Missing script:|ERR_PNPM_NO_SCRIPT|ERR_PNPM_RECURSIVE_EXEC|Couldn't find a script named|No rule to make target|no tasks? \S{1,60} found|[Uu]nknown task|Justfile does not contain recipe|Task '[^']{1,60}' not found/u,
  ],
  [
    "usage error",
    /^(?:[Ee]rror: |\S{1,40}: )?(?:unrecognized|[Uu]nknown|unexpected|invalid|illegal|ambiguous) (?:subcommand|command|flag|shorthand flag|option|argument)s?\b|^flag provided but not defined|^error: the following required arguments|^[Uu]sage: \S/mu,
    ["command", "flag", "option", "argument", "sage: "],
  ],
  ["permission denied", /[Pp]ermission denied|\bEACCES\b|[Oo]peration not permitted/u],
  [
    "no such package",
    /\[setup failed\]|no required module provides package|^no Go files in |directory not found$|matched no packages|go\.mod file not found/mu,
  ],
  [
    "compile error",
    /\[build failed\]|: error TS\d+: |^error(?:\[E\d+\])?: (?:could not compile|aborting due to|cannot find)|\.go:\d+:\d+: (?:undefined: |cannot use |declared and not used|syntax error|\S{1,80} redeclared|not enough arguments|too many arguments|missing return|"\S{1,100}" imported and not used)|\bSyntaxError\b|:\d+:\d+: (?:fatal )?error: |^BUILD FAILED|COMPILATION ERROR/mu,
  ],
  ["no such file", /[Nn]o such file or directory|\bENOENT\b|Cannot find (?:module|package)|\bModuleNotFoundError\b/u],
];

/** What never ran shows in a few lines; an output that is longer is that of a command which did something. */
const SHORT = 1500;

/** The class of a failed command by its output; null where no known form tells it. */
export function toFailureClass(output: string): FailureClass | null {
  const scanned = output.length > 2 * SHORT ? `${output.slice(0, SHORT)}\n${output.slice(-SHORT)}` : output;
  const isOf = (line: RegExp, holds?: readonly string[]): boolean =>
    (holds === undefined || holds.some((word) => scanned.includes(word))) && line.test(scanned);
  return RULES.find(([, line, holds]) => isOf(line, holds))?.[0] ?? null;
}

/** The class of a command whose exit code is hidden, where its output says that it never ran. */
export function toNeverRan(output: string): FailureClass | null {
  const found = output.length > SHORT ? null : toFailureClass(output);
  return found !== null && NEVER_RAN.has(found) ? found : null;
}

const NEVER_RAN: ReadonlySet<FailureClass> = new Set(["command not found", "no such script", "usage error"] as const);

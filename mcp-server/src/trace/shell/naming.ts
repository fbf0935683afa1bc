import { truncate } from "../values/names.ts";

// How a command is named where it is shown: by program, subcommand and task, never by its other arguments.

/** What may be shown of a word: a program's, a subcommand's or a task's name. */
const MAX_NAME = 40;
const SHOWN = /^[\w:.@/-]{1,40}$/u;

/** Programs whose second word says what they do, and which second words that can be. */
const SUBCOMMANDS: ReadonlyMap<string, RegExp> = new Map(
  Object.entries({
    git: "add am apply bisect blame branch checkout cherry-pick clean clone commit config diff fetch grep init log ls-files merge mv pull push rebase reflog remote reset restore revert rm show stash status submodule switch tag worktree ls-tree rev-parse rev-list for-each-ref show-ref symbolic-ref check-ignore ls-remote gc notes cat-file merge-base describe shortlog",
    gh: "api auth browse cache codespace gist issue pr project release repo run search secret workflow",
    go: "build clean doc env fix fmt generate get install list mod run test tool vet work",
    cargo: "add bench build check clean clippy doc fix fmt install nextest publish run test update",
    docker: "build compose exec images inspect kill logs ps pull push restart rm run start stop volume network",
    kubectl: "apply create delete describe exec get logs rollout scale wait",
    npm: "ci exec install init link list outdated pack publish uninstall update version view",
    pnpm: "add dlx exec install link list outdated publish remove update why",
    yarn: "add dlx exec install link publish remove up why workspace workspaces",
    bun: "add build create init install link pm remove update x",
    deno: "bench cache check compile fmt install lint run task test",
    pip: "check freeze install list show uninstall",
    uv: "add lock pip remove run sync tool venv",
    poetry: "add build check install lock publish remove run show update",
    dotnet: "add build clean format new pack publish restore run test",
    swift: "build package run test",
    mix: "compile credo deps dialyzer ecto format phx release test",
    terraform: "apply destroy fmt import init output plan state validate workspace",
    alembic: "current downgrade heads history revision upgrade",
    rails: "console db destroy generate routes runner server test",
    prisma: "db format generate migrate studio validate",
    brew: "install list uninstall update upgrade",
    apt: "install list remove update upgrade",
    "apt-get": "install remove update upgrade",
    systemctl: "disable enable reload restart start status stop",
    claude: "agents doctor mcp plugin update",
    "golangci-lint": "fmt linters run",
    ruff: "check format",
    biome: "check ci format lint migrate",
    playwright: "codegen install show-report test",
    cypress: "open run",
  }).map(([program, words]) => [program, new RegExp(`^(?:${words.replaceAll(" ", "|")})$`, "u")]),
);
/** Of these the third word tells more: `gh pr create`, `docker compose up`. */
const THIRD: Readonly<Record<string, RegExp>> = {
  gh: /^(?:checks|checkout|close|comment|create|delete|diff|download|edit|list|merge|ready|rerun|review|status|view|watch)$/u,
  docker: /^(?:build|down|exec|logs|ps|pull|restart|run|up)$/u,
  git: /^(?:abort|add|apply|continue|drop|list|pop|prune|push|remove|show)$/u,
};

/** Options of git that a reader of the run wants to know. */
const TELLING = /^--(?:amend|no-verify|force|force-with-lease|hard|abort|continue)$/u;

/** Task runners: after the program, and `run` where it takes one, stands the name of a task. */
const TASKS =
  /^(?:npm|pnpm|yarn|bun|deno|mise|make|just|task|rake|invoke|nox|tox|turbo|nx|lerna|rush|rushx|moon|hatch|pdm|composer|gradle|gradlew|mvn|mvnw|ant|earthly|bazel)$/u;
const RUN = /^(?:run|run-script|task|exec)$/u;
/** They run a program or script of the project, whose file is what is run. */
const INTERPRETERS = /^(?:node|tsx|ts-node|python[\d.]*|ruby|perl|php|bash|sh|zsh)$/u;

/** `git commit`, `mise run test:ci`, `go test`, `vitest`; an empty text for what has no name that may be shown. */
export function nameOf(text: string): string {
  const words = text.split(" ").filter((word) => word !== "" && !/^\w+=/u.test(word));
  const program = baseOf(words[0] ?? "");
  if (!SHOWN.test(program)) return /^[\w:.@-]+$/u.test(program) ? truncate(program, MAX_NAME) : "";
  const [second = "", third = ""] = words.slice(1).filter((word) => !word.startsWith("-"));
  if (INTERPRETERS.test(program)) return join(program, baseOf(second));
  const known = SUBCOMMANDS.get(program);
  if (known?.test(second) === true && !(TASKS.test(program) && RUN.test(second))) {
    const name = THIRD[program]?.test(third) === true ? `${program} ${second} ${third}` : `${program} ${second}`;
    const flags = program === "git" ? words.filter((word) => TELLING.test(word)) : [];
    return [name, ...new Set(flags)].join(" ");
  }
  if (TASKS.test(program)) return RUN.test(second) ? join(`${program} ${second}`, third) : join(program, second);
  return program;
}

/** Whether the first word of a command is a program whose subcommands or tasks are known here. */
export function isKnownProgram(text: string): boolean {
  const program = baseOf(text.split(" ", 1)[0] ?? "");
  return SUBCOMMANDS.has(program) || TASKS.test(program) || INTERPRETERS.test(program);
}

function join(program: string, word: string): string {
  return SHOWN.test(word) ? `${program} ${word}` : program;
}

function baseOf(word: string): string {
  return word.slice(word.lastIndexOf("/") + 1);
}

import type { StepKind } from "../shell/steps.ts";

/** The programs of one language, and the files that they look at; what is not here looks at all. */
const LANGUAGES: readonly (readonly [programs: RegExp, files: RegExp])[] = [
  [/^(?:go|gofmt|goimports|golangci-lint|staticcheck)\b/u, /\.(?:go|mod|sum|s|c|h|tmpl|sql|proto)$/iu],
  [/^(?:cargo|rustfmt)\b/u, /\.(?:rs|c|h|proto|sql)$/iu],
  [
    /^(?:tsc|vue-tsc|eslint|oxlint|oxfmt|biome|vitest|jest|mocha|ava|playwright|cypress|bun test|deno|node)\b/u,
    /\.(?:[cm]?[jt]sx?|vue|svelte|astro|s?css|less|graphql)$/iu,
  ],
  [/^(?:pytest|py\.test|ruff|mypy|pyright|black|isort|flake8|pylint|tox|nox)\b/u, /\.(?:pyi?|pyx|sql|jinja2?)$/iu],
  [/^(?:rspec|rubocop|rake)\b/u, /\.(?:rb|erb|rake|sql)$/iu],
  [/^(?:phpunit|phpstan|psalm|pest)\b/u, /\.php$/iu],
  [/^(?:shellcheck|shfmt|bats)\b/u, /\.(?:sh|bash|bats)$|(?:^|\/)[^/.]+$/iu],
  [/^(?:mvnw?|gradlew?)\b/u, /\.(?:java|kt|kts|groovy|scala|gradle|sql)$/iu],
  [/^swift\b/u, /\.swift$/iu],
  [/^dotnet\b/u, /\.(?:cs|fs|vb|razor|sql)$/iu],
];

/** Whether a check, by its program's name, looks at files in the language of this one. */
export function coversLanguage(name: string, file: string): boolean {
  return LANGUAGES.every(([programs, files]) => !programs.test(name) || files.test(file));
}

/** A folder, or a file's name, that holds tests of what lies elsewhere. */
const TESTS = /(?:^|\/)(?:__tests__|tests?|specs?|e2e|integration|integration_test)(?:\/|$)/iu;
const TEST_NAME = /[._-](?:tests?|spec|e2e)(?=\.\w+$)|^tests?[._-](?=\w)|(?<=\w)Tests?(?=\.\w+$)/u;

/** What a check is told and does not look at: its settings, and where its report goes. */
const SETTINGS = /\.(?:json|ya?ml|toml|ini|cfg|xml|out|txt|log|lock|cov)$|\.config\.\w+$|(?:^|\/)\.\w+rc(?:\.\w+)?$/iu;

/**
 * Whether a check of these places, files or folders by key, looks at a file; one that names none looks at all. A test file
 * looks at the file of its name, and at what lies beside or below it; one in a folder of tests may look at anything. What
 * else a test or build names is where it begins; a linter looks at what it names and no further.
 */
export function covers(kind: StepKind, named: readonly string[], file: string): boolean {
  const places = named.filter((place) => !SETTINGS.test(place));
  return places.length === 0 || places.some((place) => coversPlace(kind, place.replace(/\/?\.\.\.$/u, ""), file));
}

function coversPlace(kind: StepKind, place: string, file: string): boolean {
  if (place === "" || place === file || file.startsWith(`${place}/`)) return true;
  const isFile = /\.\w+$/u.test(place);
  if (kind === "lint" || kind === "format") return false;
  if (!isFile) return kind === "test" && TESTS.test(place);
  if (!isTestFile(place)) return true;
  const folder = place.slice(0, Math.max(0, place.lastIndexOf("/")));
  return isTestOf(place, file) || TESTS.test(place) || folder === "" || file.startsWith(`${folder}/`);
}

function isTestFile(place: string): boolean {
  return TEST_NAME.test(nameOf(place)) || /^tests?\./u.test(nameOf(place));
}

/** `calc.test.ts` and `test_calc.py` look at a file whose name is `calc`. */
function isTestOf(place: string, file: string): boolean {
  const name = nameOf(place);
  return isTestFile(place) && stemOf(name.replace(TEST_NAME, "")) === stemOf(nameOf(file));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function stemOf(name: string): string {
  return name.replace(/\.\w+$/u, "");
}

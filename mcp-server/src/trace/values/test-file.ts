const TEST_FILE = /(?:^|[/._-])(?:tests?|specs?|__tests__)(?:[/._-]|$)/iu;

/** Whether a path is that of a test by the names that tests have in most languages. */
export function isTestFile(path: string): boolean {
  return TEST_FILE.test(path);
}

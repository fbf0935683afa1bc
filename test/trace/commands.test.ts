import { describe, expect, test } from "vitest";
import { toCommand } from "../../mcp-server/src/trace/shell/command.ts";

/** What a line does where it differs from a plain command that touches nothing. */
interface Expected {
  readonly op?: string;
  readonly isVerdictHidden?: boolean;
  readonly reads?: readonly string[];
  readonly writes?: readonly string[] | "any";
  readonly isPolling?: boolean;
}

const plain = { op: "exec", isVerdictHidden: false, reads: [], writes: [], isPolling: false } as const;

function lines(title: string, table: readonly (readonly [line: string, expected: Expected])[]): void {
  describe(title, () => {
    for (const [line, expected] of table) {
      test(line, () => {
        const { hash, steps: _steps, ...command } = toCommand(line);
        expect(hash).toMatch(/^[0-9a-f]{12}$/u);
        expect(command).toEqual({ ...plain, ...expected });
      });
    }
  });
}

const op = (name: string) => ({ op: name });

lines("a test", [
  ["npm test", op("test")],
  ["npm t", op("test")],
  ["npm run test:unit -- --watch=false", op("test")],
  ["pnpm --silent true; pnpm run test", op("test")],
  ["yarn test", op("test")],
  ["FOO=1 npx vitest run", op("test")],
  ["CI=true NODE_ENV='test' npx --yes jest --coverage", op("test")],
  ["./node_modules/.bin/vitest run test/a.test.ts", op("test")],
  ["vendor/bin/phpunit", op("test")],
  [".venv/bin/python -m pytest", op("test")],
  ["python -m pytest -k x", op("test")],
  ["python3.12 -m unittest", op("test")],
  ["pytest tests/test_a.py::test_b -q", op("test")],
  ["uv run pytest -x", op("test")],
  ["poetry run pytest", op("test")],
  ["go test ./...", op("test")],
  ["cargo test --all", op("test")],
  ["cargo nextest run", op("test")],
  ["dotnet test", op("test")],
  ["npx playwright test", op("test")],
  ["node --test", op("test")],
  ["node --test-reporter=spec --test test/", op("test")],
  ["node test.js", op("test")],
  ["bundle exec rspec spec/models", op("test")],
  ["make test", op("test")],
  ["./gradlew test", op("test")],
  ["mvn -q verify", op("test")],
  ["mise run test", op("test")],
  ["timeout 60 npm test", op("test")],
  ["bash scripts/run-tests.sh", op("test")],
  ["./run_tests.sh", op("test")],
  ["cd app && npm test", op("test")],
  ["npm run typecheck && npm test", op("test")],
  ["npm test > out.txt 2>&1", { op: "test", writes: ["out.txt"] }],
  ["npm test 2>/dev/null", op("test")],
]);

lines("a test whose exit code is another command's", [
  ["cd app && npm test 2>&1 | tail -20", { op: "test", isVerdictHidden: true }],
  ["npm test; echo done", { op: "test", isVerdictHidden: true }],
  ["npm test || true", { op: "test", isVerdictHidden: true }],
  ["npm test\necho done", { op: "test", isVerdictHidden: true }],
  ["npm test &", { op: "test", isVerdictHidden: true }],
  ["if npm test; then echo ok; fi", { op: "test", isVerdictHidden: true }],
  ["npm test | tee out.log", { op: "test", isVerdictHidden: true, writes: ["out.log"] }],
  ["npm test && echo ok", op("test")],
  ["npm ci; npm test", op("test")],
]);

lines("comments and commands inside commands", [
  ["# Let's run the tests\nnpm test", op("test")],
  ["npm test # it's slow", op("test")],
  ["cat a.txt # not b.txt", { op: "read", reads: ["a.txt"] }],
  ["cat <(echo secret words)", { op: "read" }],
  ["cat $(git ls-files)", { op: "read" }],
  ["cat <<'END-1'\nit's a body\nEND-1\nnpm test", op("test")],
  ["grep -rl x src | xargs sed -i 's/x/y/g'", { op: "search", writes: "any" }],
  ["npm run lint -- --fix", { op: "check", writes: "any" }],
]);

lines("a check", [
  ["npx tsc --noEmit", op("check")],
  ["tsc -p . | head", { op: "check", isVerdictHidden: true }],
  ["npm run lint", op("check")],
  ["npm run build", op("check")],
  ["cargo clippy", op("check")],
  ["go vet ./...", op("check")],
  ["ruff check .", op("check")],
  ["mypy src", op("check")],
  ["prettier --check .", op("check")],
  ["black --check .", op("check")],
  ["make", op("check")],
  ["bash -n deploy.sh", op("check")],
  ["node --check src/a.js", op("check")],
  ["python3 -m json.tool a.json", op("check")],
  ["jq empty a.json", op("check")],
]);

lines("a read", [
  ["cat a.ts b.ts", { op: "read", reads: ["a.ts", "b.ts"] }],
  ['cat "my file.ts"', { op: "read", reads: ["my file.ts"] }],
  ["cd app && cat src/a.ts", { op: "read", reads: ["app/src/a.ts"] }],
  ["cat a.ts | grep x", op("read")],
  ["cat package.json | jq .scripts", op("read")],
  ["cat src/*.ts", op("read")],
  ["head -50 a.ts", op("read")],
  ["tail -n 5 a.log", op("read")],
  ["sed -n '1,50p' src/a.ts", op("read")],
  ["nl -ba a.ts | sed -n '1,9p'", op("read")],
  ["wc -l a.ts", op("read")],
]);

lines("a search", [
  ["grep -rn foo src", op("search")],
  ["rg 'a > b' src | head", op("search")],
  ["find . -name '*.ts' | xargs grep foo", op("search")],
  ["ls -la && cat a.ts", { op: "search", reads: ["a.ts"] }],
  ["git grep foo", op("search")],
  ['grep "npm test" package.json', op("search")],
]);

lines("a change of files", [
  ["sed -i s/a/b/ x", { writes: ["x"] }],
  ["sed -i '' 's/a b/c d/' src/x.ts", { writes: ["src/x.ts"] }],
  ["perl -pi -e 's/a/b/' f.ts", { writes: ["f.ts"] }],
  ["echo hi > f", { writes: ["f"] }],
  ["cd app && echo hi >> 'my f'", { writes: ["app/my f"] }],
  ["cat a.ts > b.ts", { writes: ["b.ts"] }],
  ["echo x | tee a.txt", { writes: ["a.txt"] }],
  ["./run &> out.log", { writes: ["out.log"] }],
  ["mv a.ts b.ts", { writes: ["a.ts", "b.ts"] }],
  ["rm -rf build", { writes: ["build"] }],
  ["rm -rf build/*", { writes: "any" }],
  ["echo x > $OUT", { writes: "any" }],
  ["git checkout -- x", { writes: "any" }],
  ["mise run fmt && mise run test", { op: "test", writes: "any" }],
  ["git stash && git pull", { writes: "any" }],
  ["prettier --write .", { writes: "any" }],
  ["eslint src --fix", { writes: "any" }],
  ["npm run format", { writes: "any" }],
  ["patch -p1 < fix.patch", { writes: "any" }],
]);

lines("text that is no command", [
  ["cat > a.sh <<'EOF'\nnpm test\nrm -rf b\nEOF", { writes: ["a.sh"] }],
  ["cat <<EOF > a.txt && npm test\ngit checkout .\nEOF", { op: "test", writes: ["a.txt"] }],
  ["git commit -m \"$(cat <<'EOF'\nfix; npm test | tail\n\nCo-authored-by: x\nEOF\n)\"", {}],
  ["python3 - <<PY\nopen('x')\nPY\nnpm test", { op: "test", writes: "any" }],
  ["grep x <<< 'npm test'", op("search")],
  ['git commit -m "fix; npm test && rm -rf b"', {}],
  ['echo "npm test"', {}],
  ['node -e "a.map(x => x + 1)"', { writes: "any" }],
]);

lines("waiting", [
  ["sleep 5 && gh run view 1", { isPolling: true }],
  ["gh run watch 123", { isPolling: true }],
  ["until curl -s localhost; do sleep 1; done", { isPolling: true }],
  ["npm start & sleep 5", { isPolling: true }],
  ["tail -f a.log", { op: "read", isPolling: true }],
]);

lines("anything else", [
  ["git status", {}],
  ["git diff HEAD~1 | head -100", {}],
  ["git commit -am x", {}],
  ["git merge-base main HEAD", {}],
  ["git stash list", {}],
  ["node script.js", { writes: "any" }],
  ["npm install", {}],
  ["", {}],
  ["'unclosed", {}],
]);

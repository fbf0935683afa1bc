import { describe, expect, test } from "vitest";
import { toCommand } from "../../mcp-server/src/trace/shell/command.ts";

/** Operation, whether the verdict is hidden, and files read and written, in short: "test", "test?", "exec >b.txt". */
function told(line: string): string {
  const { op, isVerdictHidden, reads, writes } = toCommand(line);
  const files = writes === "any" ? " >any" : writes.map((file) => ` >${file}`).join("");
  return `${op}${isVerdictHidden ? "?" : ""}${reads.map((file) => ` <${file}`).join("")}${files}`;
}

describe.each([
  [
    "a command behind a program that runs it",
    [
      ["docker compose run --rm web npm test", "test"],
      ["docker compose exec -T web npm test", "test"],
      ["docker-compose exec web pytest -q", "test"],
      ['docker run --rm -v "$PWD":/app -w /app node:20 npm test', "test"],
      ["docker compose -f ci.yml run web npm run lint", "check"],
      ["kubectl exec pod -- npm test", "test"],
      ["ssh host npm test", "test"],
      ["timeout -k 5 60s npm test", "test"],
      ["env -i PATH=/bin npm test", "test"],
      ["time -p npm test", "test"],
      ["sudo -u www npm test", "test"],
      ["nice -n 10 npm test", "test"],
      ["uv run --with pytest pytest -q", "test"],
      ["pdm run pytest", "test"],
      ["conda run -n env pytest", "test"],
      ["coverage run -m pytest", "test"],
      ["doppler run -- npm test", "test"],
      ["timeout -k 5 60s cat a.txt", "read <a.txt"],
      ["sudo rm a.txt", "exec >a.txt"],
    ],
  ],
  [
    "a word behind a runner that only looks like one",
    [
      ["docker compose exec web pip install pytest", "exec"],
      ["docker run --rm -it image pip install pytest", "exec"],
      ["docker compose exec web grep -r jest .", "exec"],
      ["docker compose run --rm test", "exec"],
      ["docker compose up -d", "exec"],
      ["docker compose build", "exec"],
      ["xargs grep pytest", "exec"],
      ["npm install test", "exec"],
      ["npm -w web install jest", "exec"],
      ["env", "exec"],
      ["docker run", "exec"],
    ],
  ],
  [
    "a script that is handed to a shell",
    [
      ["bash -lc 'npm test'", "test"],
      ['bash -c "cd app && npm test"', "test"],
      ["sh -c 'npm test | tail -5'", "test?"],
      ["bash -c 'npm test; echo done'", "test?"],
      ["bash -c 'npm test' && echo ok", "test"],
      ["bash -c 'npm test' || true", "test?"],
      ["docker exec -it web bash -lc 'npm test'", "test"],
      ["docker exec web sh -c 'npm test | tail'", "test?"],
      ["bash -lc 'cat a.txt'", "read <a.txt"],
      ["bash -c 'echo x > b.txt'", "exec >b.txt"],
      ["bash -c 'npm test' > out.txt", "test >out.txt"],
      // The files are another machine's.
      ["docker exec web sh -c 'echo x > b.txt'", "exec"],
      ["echo \"bash -c 'npm test'\"", "exec"],
      ["git commit -m \"bash -lc 'npm test'\"", "exec"],
      ["bash -c '", "exec"],
    ],
  ],
  [
    "what the shell was told about exit codes",
    [
      ["set -o pipefail && npm test", "test"],
      ["set -o pipefail && npm test 2>&1 | tail -5", "test"],
      ["set -euo pipefail; npm test | tee out.log", "test >out.log"],
      ["npm test 2>&1 | tail -5; set -o pipefail", "test?"],
      ["set -e; npm test; echo done", "test"],
      ["set -x; npm test; echo done", "test?"],
      ["set -o pipefail; npm test &", "test?"],
    ],
  ],
  [
    "a script of one package of several",
    [
      ["npm --prefix web test", "test"],
      ["npm --prefix web run lint", "check"],
      ["npm -w web run test:unit", "test"],
      ["npm run -w web test", "test"],
      ["pnpm -r test", "test"],
      ["pnpm --filter web build", "check"],
      ["yarn workspace web test", "test"],
      ["turbo run test", "test"],
      ["npx turbo test", "test"],
      ["nx test app", "test"],
      ["npx nx run app:test", "test"],
      ["nx build app", "check"],
      ["./gradlew :app:testDebugUnitTest", "test"],
      ["cmake --build build --target test", "test"],
      ["python manage.py test", "test"],
      ["make -C dir test", "test"],
      ["make -C dir", "check"],
    ],
  ],
  [
    "the runners of other languages",
    [
      "dotnet test",
      "mvn -q test",
      "gradle test",
      "cargo nextest run",
      "deno test",
      "bun test",
      "just test",
      "tox",
      "nox",
    ]
      .concat([
        "mise run test",
        "go test ./...",
        "swift test",
        "ctest --test-dir build",
        "bundle exec rspec",
        "npx jest",
      ])
      .concat(["bin/rails test", "mix test", "zig build test", "hatch run test", "composer test", "npx cypress run"])
      .map((line) => [line, "test"]),
  ],
])("%s", (_title, table) => {
  test.each(table)("%s", (line, expected) => {
    expect(told(line ?? "")).toBe(expected);
  });
});

test("a hostile line is read in a time that grows with its length alone", () => {
  const pieces = [
    "sh -c '",
    "docker run -x y ",
    "env ",
    "npm -a b ",
    "nx :test ",
    "docker -a ",
    "timeout -k 1 ",
    "ssh ",
    "doas -u x ",
  ];
  for (const piece of pieces) expect(told(piece.repeat(20_000))).toMatch(/^(?:exec|test|check)/u);
  expect(told(`find ${"perl ".repeat(1000)}${"-".repeat(9000)}`)).toBe("search");
});

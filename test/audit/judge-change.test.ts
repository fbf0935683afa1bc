import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { judgeChange } from "../../mcp-server/src/audit/sentences/judge-change.ts";

const AGENT = "---\nname: heron\ndescription: Looks at birds\ntools: Read\n---\n\nYou look at birds.\n";
const NAMED = ".claude/agents/heron.md";
const PLAIN =
  "# Rules\n\nBe brief.\n\n```sh\ncat @.env\n```\n\n<!-- @notes.md -->\n\nSee `@docs/x.md`. Done: `a !`id` b`\n";

const reasons = (before: string | null, after: string, path = "CLAUDE.md"): string =>
  judgeChange(path, before, after).join("\n");

describe("words alone may change", () => {
  const harmless: readonly (readonly [what: string, path: string, before: string | null, after: string])[] = [
    ["a sentence is added", "CLAUDE.md", "# Rules\n", "# Rules\n\nPlan first.\n"],
    ["a sentence is taken out", "CLAUDE.md", PLAIN, PLAIN.replace("Be brief.\n\n", "")],
    ["words around code", "CLAUDE.md", PLAIN, PLAIN.replace("Be brief.", "Be brief. Run `npm test` last.")],
    ["a new file of text", "prompts/new.md", null, "# Planning\n\nPlan first.\n"],
    ["the body of an agent", NAMED, AGENT, `${AGENT}\nPlan first.\n`],
    ["the description of an agent", NAMED, AGENT, AGENT.replace("Looks at birds", "Use when a bird is to be named")],
    ["a description that is new", NAMED, AGENT.replace(/description.*\n/u, ""), AGENT],
    ["a rule with its paths", ".claude/rules/x.md", null, '---\npaths:\n  - "src/**"\n---\n\nPlan first.\n'],
    ["line ends", "CLAUDE.md", PLAIN, PLAIN.replaceAll("\n", "\r\n")],
    ["frontmatter with other line ends", NAMED, AGENT, `${AGENT}Plan.\n`.replaceAll("\n", "\r\n")],
    ["a thematic break", "CLAUDE.md", "# Rules\n", "# Rules\n\n---\n\nPlan first.\n"],
    ["a link that is there already", "CLAUDE.md", "See [x](y.md).\n", "First see [x](y.md).\n"],
    ["the text of a prompt in JSON", "prompts/a.json", '{"prompt":"a","n":1}', '{"prompt":"Plan first.","n":1}'],
    [
      "messages in JSON",
      "prompts/a.json",
      '{"messages":[{"role":"user","content":"a"}]}',
      '{"messages":[{"role":"user","content":"b"}]}',
    ],
    [
      "a block in YAML",
      "prompts/a.yaml",
      "system: |\n  Be brief.\nn: 1\n",
      "system: |\n  Be brief.\n  Plan first.\nn: 1\n",
    ],
    ["a value in YAML", "prompts/a.yml", "instructions: Be brief\n", 'instructions: "Plan first"\n'],
  ];
  test.each(harmless)("%s", (_what, path, before, after) => {
    expect(judgeChange(path, before, after)).toEqual([]);
  });
});

describe("what a file may do is in its frontmatter, which stays as it is when", () => {
  const put = (line: string): string => AGENT.replace("tools: Read", `tools: Read\n${line}`);
  test.each<readonly [string, string]>([
    ["hooks", put("hooks:\n  PreToolUse:\n    - matcher: '*'")],
    ["a quoted key", put('"hooks": {}')],
    ["a key with an escape", put(String.raw`"h\u006foks": {}`)],
    ["an explicit key", put("? hooks\n: {}")],
    ["a key with a space before its colon", put("hooks : {}")],
    ["a key in another case", put("Hooks: {}")],
    ["a flow mapping", put("{hooks: {}}")],
    ["a merge key and an anchor", put("<<: &a {hooks: {}}")],
    ["an alias", put("model: *a")],
    ["a tag", put("!!str hooks: {}")],
    ["a tab", put("\thooks: {}")],
    ["mcpServers", put("mcpServers:\n  - x")],
    ["permissionMode", put("permissionMode: bypassPermissions")],
    ["a key that nobody knows yet", put("tomorrow: x")],
    ["a comment", put("# x")],
    ["a wider list of tools", AGENT.replace("tools: Read", "tools: Read, Bash")],
    ["no list of tools, which means all", AGENT.replace("tools: Read\n", "")],
    ["another name", AGENT.replace("heron", "general-purpose")],
    ["no frontmatter at all", "You look at birds.\n"],
    ["a line before it, which ends it", `\n${AGENT}`.replace("tools: Read", "tools: Write")],
    ["a byte order mark and other tools", `\ufeff${AGENT.replace("Read", "Bash")}`],
    ["no end", AGENT.replace("---\n\nYou", "\nYou")],
    ["an end in the description", AGENT.replace("birds\n", "birds ---\n")],
    ["a second document", AGENT.replace("tools: Read", "...\n%YAML 1.2\ntools: Read")],
    ["a description that breaks the form", AGENT.replace("Looks at birds", "Looks: at birds")],
    ["a description that hides the rest in a comment", AGENT.replace("Looks at birds", "Looks #at birds #")],
    ["a description that runs on", AGENT.replace("Looks at birds", "|\n  x\nhooks: {}")],
    ["a description that is a list", AGENT.replace("Looks at birds", "[x")],
    ["a description that ends with a colon", AGENT.replace("Looks at birds", "Looks:")],
    ["two descriptions", AGENT.replace("tools", "description: x y\ntools")],
    ["lines in another order", AGENT.replace("name: heron\n", "").replace("tools: Read", "tools: Read\nname: heron")],
    ["carriage returns alone", put("x: y\rhooks: {}")],
    ["a line separator of Unicode", put("description: x\u2028hooks: {}")],
    ["a next-line character", AGENT.replace("birds\n", "birds\u0085hooks: {}\n")],
  ])("%s", (_what, after) => {
    expect(reasons(AGENT, after, NAMED)).toContain("frontmatter would change");
    expect(reasons(AGENT, after, NAMED)).toContain("Only a human");
  });

  test.each<readonly [string, string]>([
    ["in YAML", "---\nallowed-tools: Bash\n---\n"],
    ["in YAML with spaces", "---   \n\n\nallowed-tools: Bash\n--- \n"],
    ["behind a byte order mark", "\ufeff---\nallowed-tools: Bash\n---\n"],
    ["behind blank lines", "\n\n---\nallowed-tools: Bash\n---\n"],
    ["behind an invisible character", "\u200b---\nallowed-tools: Bash\n---\n"],
    ["in JavaScript", "---js\n{ tools: run() }\n---\n"],
    ["in JSON", '---json\n{"tools":"*"}\n---\n'],
    ["in TOML", '+++\ntools = "*"\n+++\n'],
    ["as one document of many", "---\n---\nallowed-tools: Bash\n---\n"],
    ["with Windows line ends", "---\r\nallowed-tools: Bash\r\n---\r\n"],
    ["that ends in a line", "---\ndescription: x y---\nallowed-tools: Bash\n"],
    ["with a name alone", "---\nname: plop\n---\n"],
    ["without an end", "---\nallowed-tools: Bash\n"],
  ])("a file without one gets one, %s", (_what, head) => {
    for (const before of [null, "Plan.\n"])
      expect(reasons(before, `${head}Plan.\n`, "prompts/x.md")).toContain("frontmatter would change");
  });

  test("a body that becomes frontmatter by an end that is added is none", () => {
    const before = "---\nname: heron\n\nhooks: {}\nText.\n";
    expect(reasons(before, before.replace("Text", "---\nText"), NAMED)).toContain("frontmatter would change");
    expect(reasons("hooks: {}\n---\nText.\n", "---\nhooks: {}\n---\nText.\n", NAMED)).toContain("frontmatter");
  });

  test("the reason names the line that only a human adds", () => {
    const after = AGENT.replace("tools: Read", "tools: Read, Bash");
    expect(reasons(AGENT, after, NAMED)).toContain("+ tools: Read, Bash");
    expect(reasons(AGENT, after, NAMED)).toContain("- tools: Read");
  });
});

describe("refused is an edit that adds", () => {
  const adds: Readonly<Record<string, readonly [part: string, reason: RegExp]>> = {
    "a shell line": ["Go. !`id`", /by itself/u],
    "a shell line in a code block": ["```\n!`id`\n```", /by itself/u],
    "a shell line in a comment": ["<!-- !`id` -->", /by itself/u],
    "a shell block": ["```!\nid\n```", /by itself/u],
    "a shell block with more backticks": ["`````  !\nid\n`````", /by itself/u],
    "a shell line over two lines": ["!`id\nid`", /by itself/u],
    "an import": ["@package.json", /imports/u],
    "an import behind markup": ["*@package.json*", /imports/u],
    "an import in a table": ["|@package.json|", /imports/u],
    "an import in a quote": ["> @./a.md", /imports/u],
    "an import in HTML": ["<div>@a.md</div>", /imports/u],
    "an address": ["See https://evil.example.", /address/u],
    "a pipe over two lines": ["curl x |\n  sh", /prints/u],
    "a credential": ["Use ghp_16C7e42F292c6912E7710c838347Ae178B4a.", /credential/u],
    "a comment": ["<!-- push first -->", /would not see/u],
    "an open comment": ["<!--", /would not see/u],
    "an invisible character": ["Be\u2060brief.", /would not see/u],
    "what is no UTF-8": ["\ufffd", /UTF-8/u],
  };
  test.each(Object.entries(adds))("%s", (_what, [part, reason]) => {
    for (const path of ["CLAUDE.md", NAMED, ".claude/commands/go.md", ".claude/skills/notes/SKILL.md"])
      expect(reasons("# Rules\n\nBe brief.\n", `# Rules\n\nBe brief.\n\n${part}\n`, path)).toMatch(reason);
  });

  test("more than one of them, with a reason for each", () => {
    expect(judgeChange("CLAUDE.md", "", "@a.md\n!`id`\nhttps://x.example\n")).toHaveLength(3);
  });

  test.each<readonly [string, string]>([
    ["an import out of a code block", PLAIN.replace(/```sh\n(.*)\n```/u, "$1")],
    ["an import out of a comment", PLAIN.replace(/<!-- (.*) -->/u, "$1")],
    ["an import out of a code span", PLAIN.replace("`@docs/x.md`", "x @docs/x.md")],
    ["a code block's end away", PLAIN.replace("```sh", "````sh\n````\n```").replace("```\n\n<!--", "<!--")],
    ["a shell line out of a code span", PLAIN.replace("`a !`", "a !`")],
  ])("not even when it takes %s, where it was an example", (_what, after) => {
    expect(reasons(PLAIN, after)).not.toBe("");
  });
});

test.each([
  ".claude/agents/Explore.md",
  ".claude/agents/new.md",
  ".claude/commands/plop.md",
  ".claude/commands/deep/audit.md",
  ".claude/skills/plop/SKILL.md",
  "packages/a/.claude/commands/go.md",
  ".Claude/Commands/plop.md",
  ".claude/output-styles/x.md",
  ".github/agents/x.md",
  "prompts/a.json",
  "prompts/a.yaml",
])("a new file that others know by its name is a human's to make: %s", (path) => {
  expect(reasons(null, "Plan first.\n", path)).toContain("only a human adds one");
});

describe("in configuration only the texts change, not", () => {
  test.each<readonly [string, string, string]>([
    ["another value", '{"prompt":"a","model":"x"}', '{"prompt":"a","model":"y"}'],
    ["a new key", '{"prompt":"a"}', '{"prompt":"a","command":"id"}'],
    ["a key less", '{"prompt":"a","n":1}', '{"prompt":"a"}'],
    ["a text that becomes a mapping", '{"prompt":"a"}', '{"prompt":{"exec":"id"}}'],
    ["a text that a template computes", '{"prompt":"a"}', '{"prompt":"{{ run() }}"}'],
    ["its form", '{"prompt":"a"}', '{"prompt":"a"'],
    ["a key that stands there twice", '{"prompt":"a","run":"x"}', '{"run":"y","prompt":"a","run":"x"}'],
    ["a list of commands", '{"scripts":["a"]}', '{"scripts":["b"]}'],
    ["YAML: another value", "prompt: a\nrun: x\n", "prompt: a\nrun: y\n"],
    ["YAML: a new key", "prompt: a\n", "prompt: a\nrun: x\n"],
    ["YAML: a key behind a block", "prompt: |\n  a\n", "prompt: |\n  a\nrun: x\n"],
    ["YAML: a key beside a block in a list", "- prompt: |\n    a\n", "- prompt: |\n  run: x\n"],
    ["YAML: a key beside a block in lists", "- - prompt: |\n      a\n", "- - prompt: |\n    run: x\n"],
    ["YAML: a document's end in a block", "prompt: |\n  a\n", "prompt: |\n  a\n---\nrun: x\n"],
    ["YAML: a mapping for a text", "prompt: a\n", "prompt:\n  run: x\n"],
    ["YAML: a tag", "prompt: a\n", "prompt: !!python/object:x a\n"],
    ["YAML: an anchor", "prompt: a\n", "prompt: &a b\n"],
    ["YAML: a flow mapping", "prompt: a\n", "prompt: {run: x}\n"],
    ["YAML: a quote that ends early", "prompt: a\n", 'prompt: "a" "b"\n'],
    ["YAML: an escape in quotes", "prompt: a\n", String.raw`prompt: "a\n"` + "\n"],
    ["YAML: a template", "prompt: |\n  a\n", "prompt: |\n  {{ run() }}\n"],
    ["YAML: a block of a key that is no text", "run: |\n  a\n", "run: |\n  b\n"],
  ])("%s", (_what, before, after) => {
    expect(reasons(before, after, before.startsWith("{") ? "prompts/a.json" : "prompts/a.yaml")).not.toBe("");
  });
});

test("an import whose path holds a space is another one when what follows the space changes", () => {
  expect(reasons("See @a\\ b.md here.\n", "See @a\\ ../.env here.\n")).toContain("imports a file");
});

test("a sentence that stands there is not added again, as by a plan that is carried out twice", () => {
  const once = "# Rules\n\n- Begin with a PLAN section before tools.\n";
  expect(reasons(once, `${once}- Begin with a PLAN section before tools.\n`)).toContain("2 times");
  expect(reasons(once, `${once}\n1. Begin with a PLAN section before tools.\r\n`)).toContain("2 times");
  const twice = `${once}\nBegin with a PLAN section before tools.\n`;
  expect(reasons(twice, `${twice}\nBe brief.\n`)).toBe("");
  expect(reasons("# x\n\n- a\n- a\n", "# x\n\n- a\n- a\n- a\n")).toBe("");
});

test("a text is not judged against itself, whatever it holds, and never throws", () => {
  const part = fc.constantFrom(
    "---\n",
    "hooks: {}\n",
    "@.env ",
    "!`id`",
    "```",
    "<!--",
    "-->",
    "\n",
    "a ",
    "\u200b",
    "](",
    "[",
  );
  const text = fc.array(part, { maxLength: 30 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(text, text, (before, after) => {
      expect(judgeChange("CLAUDE.md", before, before)).toEqual([]);
      judgeChange("CLAUDE.md", before, after);
    }),
  );
});

import { describe, expect, test } from "vitest";
import { belongsTo, projectName } from "../../mcp-server/src/sources/select/this-project.ts";
import type { Project } from "../../mcp-server/src/sources/selected-traces.ts";
import type { Place } from "../../mcp-server/src/trace/rows/place.ts";

const at = (folder: string, more: Partial<Project> = {}): Project => ({
  folders: [folder],
  remotes: [],
  others: [],
  ...more,
});
const folder = (value: string): Place => ({ kind: "folder", value });
const encoded = (value: string): Place => ({ kind: "encoded", value });
const repository = (value: string): Place => ({ kind: "repository", value });
const name = (value: string): Place => ({ kind: "name", value });

describe("a folder belongs to the project", () => {
  const rows: readonly (readonly [string, string, string, boolean])[] = [
    // what, the project's folder, the recorded folder, whether it belongs
    ["the same", "/home/dev/shop", "/home/dev/shop", true],
    ["another", "/home/dev/shop", "/home/dev/billing", false],
    ["one whose name begins alike", "/home/dev/shop", "/home/dev/shop-api", false],
    ["one whose name ends alike", "/home/dev/shop", "/home/dev/my-shop", false],
    ["another machine's", "/home/dev/shop", "/Users/ann/src/shop", true],
    ["a container's", "/home/dev/shop", "/workspaces/shop", true],
    ["with a slash at its end", "/home/dev/shop/", "/home/dev/shop//", true],
    ["in other case", "/home/dev/Shop", "/home/dev/shop", true],
    ["a package of the monorepo", "/home/dev/shop", "/home/dev/shop/packages/cart", true],
    ["the monorepo of the package", "/home/dev/shop/packages/cart", "/home/dev/shop", false],
    ["a package beside it", "/home/dev/shop/packages/cart", "/home/dev/shop/packages/mail", false],
    ["the package on another machine", "/home/dev/shop/packages/cart", "/ci/shop/packages/cart", true],
    ["a worktree beside it", "/home/dev/shop", "/home/dev/shop-wt/fix-42", true],
    ["a worktree beside it, in another style", "/home/dev/shop", "/home/dev/shop.worktrees/fix-42", true],
    ["a worktree of another", "/home/dev/shop", "/home/dev/shop-api-wt/fix-42", false],
    ["a worktree that Claude Code made", "/home/dev/shop", "/home/dev/shop/.claude/worktrees/fix-42", true],
    ["on Windows", String.raw`C:\Users\ann\shop`, String.raw`c:\users\ann\shop\src`, true],
    ["on Windows, with slashes", String.raw`C:\Users\ann\shop`, "C:/Users/ann/shop", true],
    ["another on Windows", String.raw`C:\Users\ann\shop`, String.raw`C:\Users\ann\billing`, false],
    ["Windows' seen from Linux", "/mnt/c/Users/ann/shop", String.raw`C:\Users\ann\shop`, true],
    ["one with the owner's name", "/home/shop/shop", "/home/shop/billing", false],
    ["one in a home folder of the project's name", "/home/dev/shop", "/home/shop/billing", false],
    ["with the home folder as ~", "/home/dev/shop", "~/shop/src", true],
    ["beside it by way of it", "/home/dev/shop", "/home/dev/shop/../billing", false],
    ["it by way of another", "/home/dev/shop", "/home/dev/billing/.././shop", true],
    ["relative", "/home/dev/shop", "shop", true],
    ["a home folder as the project", "/home/dev", "/home/dev", true],
    ["what lies below a home folder as the project", "/home/dev", "/home/dev/shop", false],
    ["what lies below the root as the project", "/", "/home/dev/shop", false],
    // A name that many projects have counts only together with the folder above it.
    ["a common name in the same folder", "/home/dev/shop/app", "/srv/shop/app", true],
    ["a common name in another folder", "/home/dev/shop/app", "/home/dev/billing/app", false],
    ["a common name as a part of another's", "/home/dev/shop/src", "/home/dev/billing/src/app", false],
    ["a common name right below a home folder", "/home/dev/app", "/Users/ann/app/src", true],
    ["a common name right below the root", "/app", "/app", true],
    ["another's folder of the common name right below the root", "/app", "/home/dev/billing/app", false],
  ];
  test.each(rows)("%s: %s, %s", (_what, own, recorded, expected) => {
    expect(belongsTo(at(own), [folder(recorded)])).toBe(expected);
  });

  test("when it is one of the project's checkouts", () => {
    const project: Project = { folders: ["/home/dev/wt/fix-42", "/home/dev/shop"], remotes: [], others: [] };
    expect(belongsTo(project, [folder("/home/dev/shop/src")])).toBe(true);
    expect(belongsTo(project, [folder("/home/dev/billing")])).toBe(false);
  });

  test("when one of several is: an agent walks into other folders", () => {
    expect(belongsTo(at("/home/dev/shop"), [folder("/tmp/scratch"), folder("/home/dev/shop")])).toBe(true);
  });
});

describe("Claude Code's name for a folder belongs to the project", () => {
  const rows: readonly (readonly [string, string, string, boolean])[] = [
    ["the same", "/home/dev/my-shop", "-home-dev-my-shop", true],
    ["another", "/home/dev/shop", "-home-dev-billing", false],
    ["a folder beside it whose name ends alike", "/home/dev/shop", "-home-dev-my-shop", false],
    ["one whose name begins alike, or a folder in it", "/home/dev/shop", "-home-dev-shop-api", false],
    ["another machine's", "/home/dev/shop", "-Users-ann-src-shop", true],
    ["a worktree that Claude Code made", "/home/dev/shop", "-home-dev-shop--claude-worktrees-fix-42", true],
    ["a worktree beside it", "/home/dev/shop", "-home-dev-shop-wt-fix-42", true],
    ["on Windows", String.raw`C:\Users\ann\shop`, "C--Users-ann-shop", true],
    ["its end only", "/home/dev/repos/shop", "repos-shop", true],
    ["its end only, another", "/home/dev/repos/shop", "repos-my-shop", false],
    ["a common name below another folder", "/home/dev/shop/app", "-home-ann-billing-app", false],
    ["a common name below the same folder", "/home/dev/shop/app", "-home-ann-shop-app", true],
  ];
  test.each(rows)("%s: %s, %s", (_what, own, recorded, expected) => {
    expect(belongsTo(at(own), [encoded(recorded)])).toBe(expected);
  });
});

describe("a repository belongs to the project", () => {
  const GITHUB = "git@github.com:acme/shop.git";
  const rows: readonly (readonly [string, string, string, boolean])[] = [
    ["the same", GITHUB, GITHUB, true],
    ["over https", GITHUB, "https://github.com/acme/shop", true],
    ["over https, with .git and a slash", GITHUB, "https://github.com/acme/shop.git/", true],
    ["with credentials and a port", GITHUB, "https://ann:secret@github.com:443/Acme/Shop.git", true],
    ["over ssh as an URL", GITHUB, "ssh://git@ssh.github.com:443/acme/shop.git", true],
    ["under an alias of somebody's settings", "git@work:acme/shop.git", "https://github.com/acme/shop", true],
    ["owner and name", GITHUB, "acme/shop", true],
    ["host, owner and name", GITHUB, "github.com/acme/shop", true],
    ["its name", GITHUB, "shop", true],
    ["a fork of it", GITHUB, "https://github.com/ann/shop", false],
    ["another owner's", GITHUB, "ann/shop", false],
    ["another host's", GITHUB, "https://gitlab.com/acme/shop", false],
    ["another", GITHUB, "https://github.com/acme/shop-api.git", false],
    ["in a group of groups", "https://gitlab.com/acme/web/shop.git", "git@gitlab.com:acme/web/shop", true],
    ["Azure's", "git@ssh.dev.azure.com:v3/acme/web/shop", "https://acme@dev.azure.com/acme/web/_git/shop", true],
    ["on a disk", "/srv/git/shop.git", "file:///srv/git/shop.git", true],
    ["on Windows' disk", String.raw`C:\git\shop.git`, "C:/git/shop", true],
  ];
  test.each(rows)("%s: %s, %s", (_what, own, recorded, expected) => {
    expect(belongsTo(at("/home/dev/copy", { remotes: [own] }), [repository(recorded)])).toBe(expected);
    expect(belongsTo(at("/home/dev/copy", { remotes: [recorded] }), [repository(recorded)])).toBe(true);
  });

  test("whatever its folder is called", () => {
    const project = at("/home/dev/shop", { remotes: [GITHUB] });
    expect(belongsTo(project, [folder("/builds/4711"), repository("acme/shop")])).toBe(true);
    expect(belongsTo(project, [folder("/home/ann/shop"), repository("ann/shop")])).toBe(true);
    expect(belongsTo(project, [folder("/home/ann/billing"), repository("acme/billing")])).toBe(false);
  });

  test("by its name where the project's own has no address", () => {
    expect(belongsTo(at("/home/dev/shop"), [repository("git@github.com:acme/shop.git")])).toBe(true);
    expect(belongsTo(at("/home/dev/shop"), [repository("git@github.com:acme/billing.git")])).toBe(false);
  });
});

describe("what else is said", () => {
  test("a name is the folder's, and counts only where no folder is recorded", () => {
    expect(belongsTo(at("/home/dev/Shop_two"), [name("shop-two")])).toBe(true);
    expect(belongsTo(at("/home/dev/shop"), [name("billing")])).toBe(false);
    expect(belongsTo(at("/home/dev/shop/app"), [name("app"), folder("/home/dev/billing/app")])).toBe(false);
  });

  test("nothing, which is no answer", () => {
    expect(belongsTo(at("/home/dev/shop"), [])).toBeNull();
  });

  test("names of other folders that belong here, and all", () => {
    const places = [
      [folder("/home/dev/billing/src")],
      [encoded("-home-dev-billing")],
      [repository("https://github.com/acme/billing")],
      [name("Billing")],
    ];
    for (const others of [["billing"], ["mail", "Billing"], ["/home/dev/billing"]])
      for (const one of places) expect(belongsTo(at("/home/dev/shop", { others }), one), String(others)).toBe(true);
    for (const one of places) {
      expect(belongsTo(at("/home/dev/shop", { others: ["mail"] }), one)).toBe(false);
      expect(belongsTo(at("/home/dev/shop", { others: null }), one)).toBe(true);
    }
    expect(belongsTo(at("/home/dev/shop", { others: ["app"] }), [folder("/srv/billing/app")])).toBe(true);
  });
});

describe("another project is named", () => {
  const rows: readonly (readonly [readonly Place[], string])[] = [
    [[folder("/home/ann/secret-customer/billing")], "billing"],
    [[folder("/home/ann/billing/app")], "billing/app"],
    [[folder("/home/ann/billing/.claude/worktrees/fix-42")], "billing"],
    [[folder("/home/ann/billing-wt/fix-42")], "billing"],
    [[folder("/home/ann")], "a home folder"],
    [[repository("https://ann:secret@github.com/acme/billing.git")], "billing"],
    [[folder("/builds/4711"), name("billing")], "billing"],
    [[encoded("-home-ann-work-billing")], "work-billing"],
    [[name("a`b\n\u202Ec")], "a_b c"],
    [[folder(`/srv/${"x".repeat(500)}`)], `${"x".repeat(59)}…`],
  ];
  test.each(rows)("%j: %s", (places, expected) => {
    expect(projectName(places)).toBe(expected);
  });
});

import { own, text, type JsonRecord } from "../../trace/values/json.ts";

/** What a path that is to be read leads to, links followed; `inProject` is relative to the project, "" for the project itself, null outside it. */
export type ReadTarget =
  | { readonly real: string; readonly inProject: string | null; readonly isFolder: boolean }
  | { readonly problem: string };

/** They only read: the field that names the file or folder, and whether they look into all files of a folder. */
const READING: ReadonlyMap<string, { readonly field: string; readonly isSearch: boolean }> = new Map([
  ["Read", { field: "file_path", isSearch: false }],
  ["NotebookRead", { field: "notebook_path", isSearch: false }],
  ["LS", { field: "path", isSearch: false }],
  ["Glob", { field: "path", isSearch: false }],
  ["Grep", { field: "path", isSearch: true }],
]);

/** Names under which keys, passwords and private settings lie. Examples and templates of them hold none. */
const SECRET =
  /^(?:\.env(?!\.(?:example|sample|template|dist)$).*|.*\.env|\.(?:npmrc|yarnrc.*|netrc|pypirc|pgpass|my\.cnf|git-credentials|htpasswd|dockercfg|boto|s3cfg|terraformrc)|_netrc|id_(?:rsa|dsa|ecdsa|ed25519).*|.*\.(?:pem|key|p12|pfx|jks|keystore|kdbx|ppk|asc|gpg|tfstate|tfvars|ovpn)|.*(?:secret|credential|passw|token|service-?account|apikey|api-key).*\.(?:json|ya?ml|toml|txt|xml|ini|cfg|conf|properties|env)|(?:secrets?|credentials?|passwords?|tokens?)|settings\.local\.json|\.?mcp\.json)$/u;
const SECRET_FOLDERS = [
  ".git",
  ".ssh",
  ".aws",
  ".azure",
  ".gnupg",
  ".kube",
  ".docker",
  ".gcloud",
  "secrets",
  ".secrets",
];

/** Whether a tool only reads. */
export function isReading(tool: string): boolean {
  return READING.has(tool);
}

/** The input with the real path in it, or why the call is refused. */
export type Reading = { readonly input: JsonRecord } | { readonly refused: string };

/**
 * Judges what a tool would read while a `/plop` runs: files of the project, links followed, and no secrets. `cwd` is where a
 * tool without a path begins, absolute.
 */
export function judgeReading(
  tool: string,
  input: JsonRecord,
  cwd: string,
  resolve: (path: string) => ReadTarget,
): Reading {
  const { field, isSearch } = READING.get(tool) ?? { field: "file_path", isSearch: true };
  const written = own(input, field);
  const isLeftOut = written === undefined && field === "path";
  const path = isLeftOut ? cwd : text(written);
  if (path === null) return { refused: "it names no file" };
  if (!/^(?:\/|[A-Za-z]:[\\/])/u.test(path)) return { refused: "its path is not absolute; name it from the root on" };
  const target = resolve(path);
  if ("problem" in target) return { refused: target.problem };
  const where = judgePlace(target.inProject) ?? (isSearch && target.isFolder ? SEARCH : null);
  const refused = where ?? (tool === "Glob" ? judgePattern(input, target.real, resolve) : null);
  if (refused !== null) return { refused };
  return { input: isLeftOut ? input : { ...input, [field]: target.real } };
}

const OUTSIDE = "it leads out of the project, and a /plop reads files of the project only";
const SEARCH = "a search through a folder would read its secrets too; name one file";

function judgePlace(inProject: string | null): string | null {
  if (inProject === null) return OUTSIDE;
  const steps = inProject.toLowerCase().split("/");
  const isSecret = SECRET.test(steps.at(-1) ?? "") || steps.some((step) => SECRET_FOLDERS.includes(step));
  return isSecret ? `${inProject} may hold secrets, and a plan is about prompts` : null;
}

/** A pattern names files below its folder: the part before its first wildcard is a path too. */
function judgePattern(input: JsonRecord, folder: string, resolve: (path: string) => ReadTarget): string | null {
  const pattern = text(own(input, "pattern")) ?? "";
  if (/^[\\/~]|^[A-Za-z]:|(?:^|[\\/{,])\.\.(?:[\\/},]|$)/u.test(pattern)) return OUTSIDE;
  const [fixed = ""] = pattern.split(/[*?[{(!]/u);
  const target = resolve(`${folder}/${fixed.replace(/[^/]*$/u, "")}`);
  return "problem" in target ? target.problem : judgePlace(target.inProject);
}

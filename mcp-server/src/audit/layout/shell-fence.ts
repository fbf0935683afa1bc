const CHANGING =
  /^(?:sudo\s+|command\s+|\\)?(?:rm|rmdir|unlink|shred|truncate|tee|ln|mv|touch|dd|chmod|chown|rsync|install|(?:sed|perl|ruby)\s.*-\w*i)\b/u;
const COPYING = /^(?:sudo\s+|command\s+|\\)?cp\s/u;
const AUDITS = /(?:^|[\s"'=/:])docs\/+(?:\.\/+)*["']?audit\b/iu;
const INTO = /(?:^|[^<>-])>{1,2}[|&]?\s*["']?(\S+)/gu;

/**
 * Whether a shell command plainly writes or removes something below docs/audit: a redirection into it, or a command that
 * changes its arguments with it among them, also after a `cd` into it. Reading, listing and `git add` are no changes.
 * This is a fence against haste and not a parser of shells.
 */
export function writesAudits(command: string): boolean {
  let isInside = false;
  for (const part of command.split(/&&|\|\||[;\n|&](?!>)/u).map((one) => one.trim())) {
    if (/^(?:cd|pushd)\s/u.test(part)) isInside = AUDITS.test(part) || (isInside && !/\s["']?[/~]/u.test(part));
    const names = isInside || AUDITS.test(part);
    if (!names) continue;
    if (CHANGING.test(part)) return true;
    if (COPYING.test(part) && (isInside || AUDITS.test(part.slice(part.trimEnd().lastIndexOf(" "))))) return true;
    for (const [, target = ""] of part.matchAll(INTO))
      if (AUDITS.test(target) || (isInside && !/^["']?(?:[/~]|&?\d)/u.test(target))) return true;
  }
  return false;
}

import { describe, expect, test } from "vitest";
import { redactSecrets } from "../../mcp-server/src/trace/values/redact.ts";

// Written in two halves, so that no scanner takes this file for a leak.
const join = (...parts: readonly string[]): string => parts.join("");

const secrets: readonly (readonly [kind: string, secret: string])[] = [
  ["Anthropic", join("sk-ant", "-api03-AbCdEf0123456789_-xyz")],
  ["OpenAI", join("sk-", "proj-AbCdEf0123456789AbCdEf")],
  ["OpenAI, old", join("sk-", "AbCdEf0123456789AbCdEf0123")],
  ["Langfuse secret", join("sk-lf", "-1234abcd-12ab-34cd-56ef-1234567890ab")],
  ["Langfuse public", join("pk-lf", "-1234abcd-12ab-34cd-56ef-1234567890ab")],
  ["Stripe", join("sk_live", "_AbCdEf0123456789AbCdEf")],
  ["Stripe webhook", join("whsec", "_AbCdEf0123456789AbCd")],
  ["GitHub", join("ghp", "_AbCdEf0123456789AbCdEf0123456789AbCd")],
  ["GitHub, fine-grained", join("github_pat", "_11ABCDEFG0_abcdefghijklmnop")],
  ["GitLab", join("glpat", "-AbCdEf0123456789AbCd")],
  ["npm", join("npm", "_AbCdEf0123456789AbCdEf0123456789AbCd")],
  ["PyPI", join("pypi", "-AgEIcHlwaS5vcmcCJDAw")],
  ["Hugging Face", join("hf", "_AbCdEfGhIjKlMnOpQrSt")],
  ["Slack", join("xoxb", "-123456789012-AbCdEf0123456789")],
  ["Slack webhook", join("hooks.slack", ".com/services/T00000000/B00000000/AbCdEf0123456789")],
  ["AWS key id", join("AKIA", "IOSFODNN7EXAMPLE")],
  ["Google API", join("AIza", "SyA-0123456789abcdefghijklmnopqrstu")],
  ["Google OAuth", join("ya29", ".a0AbCdEf0123456789")],
  ["Google client", join("GOCSPX", "-AbCdEf0123456789AbCd")],
  ["SendGrid", join("SG", ".AbCdEf01234567.AbCdEf0123456789")],
  ["Azure storage", join("AccountKey", "=Eby8vdM02xNOcqFlqUwJPLlm/K1SZFPTOuq2UVE==")],
  ["JSON web token", join("eyJ", "hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0.SflKxwRJSMeKKF2QT4")],
  ["private key", join("-----BEGIN RSA ", "PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----")],
  ["private key, cut off", join("-----BEGIN ", "PRIVATE KEY-----\nMIIEowIBAAKC")],
  ["opaque", "Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MEFCQ0RFRkdI"],
];

describe("every common kind of secret is taken out", () => {
  test.each(secrets)("%s", (_kind, secret) => {
    expect(redactSecrets(`Use ${secret} please`)).toMatch(/^Use .*\[redacted\].*$/su);
    expect(redactSecrets(`Use ${secret} please`)).not.toContain(secret.slice(8));
  });

  test.each([
    ["Authorization: Bearer abcdef123456", "abcdef123456"],
    ["Authorization: Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"],
    ["PASSWORD=hunter2 npm start", "hunter2"],
    ['{"api_key": "hunter2"}', "hunter2"],
    ["client-secret: 'hunter two'", "hunter two"],
    ["my password is hunter2", "hunter2"],
    ["aws_secret_access_key = hunter2", "hunter2"],
    ["mysql --password hunter2 -h db", "hunter2"],
    ["gh auth --token=hunter2", "hunter2"],
    ["postgres://app:hunter2@db:5432/app", "hunter2"],
    ["https://me:hunter2@example.com/x.git", "hunter2"],
  ])("%j", (written, secret) => {
    expect(redactSecrets(written)).not.toContain(secret);
    expect(redactSecrets(written)).toContain("[redacted]");
  });
});

describe("what only looks long or odd stays", () => {
  test.each([
    "Revert 3f786850e387550fdab836ed7e6dc881de23001b and test again",
    "Trace 6e3e3baa4a850edba6c1f6d1b6e884c9 failed",
    "Session 2452dcf6-ca6e-44ca-9ade-6f7025c56373 failed",
    "Read src/components/user-profile/UserProfileSettingsPage2.tsx first",
    "Read /home/dev/app/packages/core2/src/VeryLongComponentNameThatGoesOn.ts",
    "Rename get_user_by_email_address_and_tenant_identifier to findUser",
    "The tokenizer and the passwordless login page are slow",
    "Why does the password-reset page fail?",
    "See https://example.com/docs/a-very-long-path/to/some-page?tab=2#install",
    "Make divide(1, 0) throw an error that mentions zero.",
    "sha256-verification of the risk-free basket",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
  ])("%s", (written) => {
    expect(redactSecrets(written)).toBe(written);
  });
});

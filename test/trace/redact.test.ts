import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { redactSecrets } from "../../mcp-server/src/trace/redact/redact.ts";

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
  ["GitLab runner", join("glrt", "-Zk3vQ9xT7mB2nL5pR8sW")],
  ["GitLab deploy", join("gldt", "-Zk3vQ9xT7mB2nL5pR8sW")],
  ["Discord bot", join("MTAZk3vQ9xT7mB2nL5pR8sW", ".Zk3vQ9.Zk3vQ9xT7mB2nL5pR8sW1cY4dF6")],
  ["Discord webhook", join("https://discord.com/api/webhooks/", "123456789012345678/Zk3vQ9xT7mB2nL5pR8sW1cY4dF6gH0jK")],
  ["Teams webhook", join("https://x.webhook.office.com/webhookb2/", "7f3d1c2a-aaaa-4bbb-8ccc-1234567890ab@7f3d1c2a")],
  ["Telegram", join("123456789", ":AAEZk3vQ9xT7mB2nL5pR8sW1cY4dF6gH0jKa")],
  ["Google refresh", join("1//", "0gZk3vQ9xT7mB2nL5pR8sW1cY4dF6gH0jKZk3vQ9xT7mB2")],
  ["Azure client secret", join("abc8", "Q~Zk3vQ9xT7mB2nL5pR8sW1cY4dF6gH0jKZk")],
  ["Azure SAS", join("https://x.blob.core.windows.net/c?sv=2022&", "sig=Zk3vQ9xT7mB2nL5pR8sW1cY4dF6gH0jK%3D")],
  ["Mailgun", join("key", "-a3f9c2e17b4d80659e1ca3f9c2e17b4d")],
  ["Mailchimp", join("a3f9c2e17b4d80659e1ca3f9c2e17b4d", "-us12")],
  ["Twilio", join("SK", "a3f9c2e17b4d80659e1ca3f9c2e17b4d")],
  ["Databricks", join("dapi", "a3f9c2e17b4d80659e1ca3f9c2e17b4d")],
  ["New Relic", join("NRAK", "-ZK3VQ9XT7MB2NL5PR8SW1CY4DF6")],
  ["Supabase", join("sbp", "_a3f9c2e17b4d80659e1ca3f9c2e17b4d80659e1c")],
  ["RubyGems", join("rubygems", "_a3f9c2e17b4d80659e1ca3f9c2e17b4d80659e1ca3f9c2e1")],
  ["Tailscale", join("tskey-auth", "-kQ9xT7mB2CNTRL-Zk3vQ9xT7mB2nL5pR8sW")],
  ["Cloudflare", join("cfut", "_Zk3vQ9xT7mB2nL5pR8sW1cY4dF6gH0jKa3f9c2e1")],
  ["Perplexity", join("pplx", "-Zk3vQ9xT7mB2nL5pR8sW1cY4dF6gH0jK")],
  ["Pinecone", join("pcsk", "_Zk3vQ9_xT7mB2nL5pR8sW1cY4dF6gH0jK")],
  ["Vault", join("hvs", ".CAESIZk3vQ9xT7mB2nL5pR8sW")],
  ["Terraform", join("Zk3vQ9xT7mB2nL", ".atlasv1.Zk3vQ9xT7mB2nL5pR8sW1cY4dF6gH0jKZk3vQ9xT7mB2")],
  ["Square", join("EAAA", "EZk3vQ9xT7mB2nL5pR8sW1cY4dF6gH0jK")],
  ["Airtable", join("patZk3vQ9xT7mB2nL.", "a3f9c2e17b4d80659e1ca3f9c2e17b4d80659e1ca3f9c2e17b4d80659e1ca3f9")],
  ["1Password", join("A3-", "ASWWYB-798JRYLJVD4-23DC2-86TVM-H43EB")],
  ["age", join("AGE-SECRET-KEY", "-1QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3JN54KHCE")],
  ["PGP", join("-----BEGIN PGP ", "PRIVATE KEY BLOCK-----\nlQOYBF3x\n-----END PGP PRIVATE KEY BLOCK-----")],
  ["AWS secret, bare", join("wJalrXUtnFEMI/K7MDENG", "/bPxRfiCYEXAMPLEKEY")],
  ["Ethereum key", join("0x", "a3f9c2e17b4d80659e1ca3f9c2e17b4d80659e1ca3f9c2e17b4d80659e1ca3f9")],
  ["Bitcoin key", join("5HueCGU8rMjxEXxiPuD5BDku4", "MkFqeZyd4dZ1jvhTVqvbTLvyTJ")],
  ["seed phrase", "abandon ability able about above absent absorb abstract absurd abuse access accident"],
  ["opaque", "Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MEFCQ0RFRkdI"],
];

/** What of a webhook's or a key's address may stay: its host, its path, its parameter's name. */
const READABLE = /^[a-z:/.?=&02-]{8}$|AccountK|ccountKe|countKey|ountKey=/u;

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
    ["postgres://admin:p@ss/w0rd@db.example.com/x", "w0rd"],
    ["redis://:Sup3rS3cret@cache:6379", "Sup3rS3cret"],
    ["mongodb+srv://u:a:b@c@cluster.example.net/?w=majority", "a:b@c"],
    ["https://0a1b2c3d4e5f6a7b@sentry.example.com/4", "0a1b2c3d4e5f"],
    ["Server=db;User Id=sa;Password=hunter2;Database=x", "hunter2"],
    ["https://api.example.com/x?page=2&access_token=hunter2abc&sort=a", "hunter2abc"],
    ["jdbc:oracle:thin:scott/tiger99@//db:1521/x", "tiger99"],
    ['SECRET="my secret value"', "secret value"],
    ['mit dem Passwort "Hallo Welt" anmelden', "Hallo"],
    ["DB_PASS=hunter2", "hunter2"],
    ["MYSQL_PWD=swordfish", "swordfish"],
    ["export GITHUB_TOKEN=swordfishes", "swordfishes"],
    ["pass=hunter2secret", "hunter2"],
    ["dbPassword: 'hunter2',", "hunter2"],
    ["password: swordfish", "swordfish"],
    ["ENCRYPTION_KEY=a3f9c2e17b4d80659e1ca3f9c2e17b4d", "a3f9c2e1"],
    ["private_key: a3f9c2e17b4d80659e1ca3f9c2e17b4da3f9c2e17b4d80659e1ca3f9c2e17b4d", "a3f9c2e1"],
    ["SECRET_KEY_BASE=a3f9c2e17b4d80659e1ca3f9c2e17b4d", "a3f9c2e1"],
    ["HEROKU_API_KEY: 01234567-89ab-cdef-0123-456789abcdef", "01234567-89ab"],
    ["X-API-Key: a3f9c2e17b4d80659e1c", "a3f9c2e1"],
    ["Authorization: token a3f9c2e17b4d80659e1ca3f9c2e17b4d80659e1c", "a3f9c2e1"],
    ["Cookie: session=Zk3vQ9xT7mB2nL5p; theme=dark", "Zk3vQ9xT"],
    ["PHPSESSID=k3vq9xt7mb2nl5pr8sw1cy4d", "k3vq9xt7"],
    ["<password>hunter2</password>", "hunter2"],
    ["mysql -u root -phunter2 shop", "hunter2"],
    ["curl -u bob:hunter2 https://x", "hunter2"],
    ["sshpass -p hunter2 ssh -p 2222 x", "hunter2"],
    ["redis-cli -a hunter2 ping", "hunter2"],
    ["das Passwort lautet Sommer2024!", "Sommer2024"],
    ["Das Kennwort für den Server ist Sommer2024", "Sommer2024"],
    ["le mot de passe est Soleil2024", "Soleil2024"],
    ["la contraseña de la base es Verano2024", "Verano2024"],
    ["a senha do banco é Verao2024", "Verao2024"],
    ["la password è Estate2024", "Estate2024"],
    ["hasło to Lato2024", "Lato2024"],
    ["пароль: Leto2024x", "Leto2024x"],
    ["密码是hunter2024", "hunter2024"],
    ["the password of bob is hunter2", "hunter2"],
    ["password is 'correct horse battery'", "horse"],
    ["change the password to Winter2024", "Winter2024"],
    ["log in as bob/hunter2", "hunter2"],
    ["the twilio auth a3f9c2e17b4d80659e1ca3f9c2e17b4d", "a3f9c2e1"],
    ["my pin is 4821", "4821"],
    ["the OTP: 482193", "482193"],
    ["write to jane.doe@example.com", "jane.doe"],
    ["call +1 415 555 2671", "555 2671"],
    ["call me at (415) 555-2671", "555-2671"],
    ["+49 (0)30 123456-78", "123456"],
    ["Telefon: 0171 1234567", "1234567"],
    ["card 4111 1111 1111 1111", "4111 1111"],
    ["IBAN DE89 3704 0044 0532 0130 00", "3704 0044"],
    ["to GB82WEST12345698765432 today", "WEST1234"],
    ["SSN 078-05-1120", "078-05-1120"],
    ["passport C01X00T47", "C01X00T47"],
    ["Reisepass Nr. C01X00T47", "C01X00T47"],
    ["born 1984-03-12", "1984-03-12"],
    ["Jane, geboren am 12.03.1984", "12.03.1984"],
    ["date of birth: March 12, 1984", "March 12"],
    ["host 203.0.113.9", "203.0.113.9"],
    ["ping 2a00:1450:4001:81b::200e", "2a00:1450"],
    ["/home/jane.doe/secret-project/x", "jane.doe"],
    ["C:\\Users\\Jane Doe\\code", "Jane Doe"],
    ["~/.claude/projects/-Users-janedoe-shop/x", "janedoe"],
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
    "Add basic authentication to the admin pages",
    "Write a basic calculator with tests, go basic functionality",
    "Explain how the bearer certificate is rotated by the bearer of it",
    "Set up basic-config for nginx and basic auth",
    "Fix the token is refreshed twice bug: the token is expired",
    "The password is required even when empty, so the password is wrong",
    "Rename token: string to token: AccessToken in types.ts",
    "token: the field, password: string, secret: boolean, api_key: required",
    "The password is base64 encoded, the token is a 32-byte value, the password is 8 characters long",
    "const token = await getToken(user2); password = process.env.DB_PASS2",
    "const password = req.body.password; if (token === null) return",
    "echo $GITHUB_TOKEN, ${{ secrets.NPM_TOKEN }}, password=$DB_PASS, --token <your-token>",
    "Add a --token option and a --password flag to the CLI",
    "max_tokens=4096, token_count: 12000, tokens: 800, cache_key=user-42, sort_key: name",
    "Pass it to `EvaluationPanel2`, all tests pass in 1m33s",
    "npm_config_registry and hf_hub_download and sk-learn stay",
    "Redact with \\bAIza[0-9A-Za-z-_]{35}\\b and PASSWORD=8XD[A-Z0-9]{17}W54",
    "Bump react@18.2.0, npm:string-width@4 and actions/checkout@v4.1 to v2.1.330",
    "Clone git@github.com:org/repo.git and ssh://git@github.com/org/repo",
    "Open http://localhost:3000/@scope/x and https://unpkg.com:443/react@18.2/index.js",
    "See https://example.com/docs/webhooks/getting-started",
    "Listen on 127.0.0.1:8080, 10.0.0.5, 192.168.1.20, 0.0.0.0 or ::1, resolve with 8.8.8.8",
    "Version 1.2.3.4 of line 1234567, issue #4821, port 5432 at 1700000000000",
    "+7642/-1600 lines, [+51894 (175 files)], 2024-01-15 10:30:00",
    "docker run -p 8080:80 -u 1000:1000 redis, mkdir -p a/b, ssh -p 2222 host",
    "Rebase dev/ent-297-fix-subagent-only-changes-checkpointing-2 onto main",
    "shouldRenderTheSecondPageWhenTheUserClicksV2 is flaky",
    "Session 2026-01-27-4a56e049-55bb-4fe5-b8aa-2b77bae3423d, agent-acc4a637457989019",
    "image@sha256:a3f9c2e17b4d80659e1ca3f9c2e17b4da3f9c2e17b4d80659e1ca3f9c2e17b4d",
    "Read /home/dev/app, /Users/runner/work and the route /home/dashboard",
    "fix lint then test then build, update docs and deploy the service again please",
    "The phone call at 2024-01-15 10:30",
    "Pin numpy==1.26.4 and pin 13 of the board",
    "Jane Doe, 12 Main Street, Springfield",
    "Make divide(1, 0) throw an error that mentions zero.",
    "sha256-verification of the risk-free basket",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
  ])("%s", (written) => {
    expect(redactSecrets(written)).toBe(written);
  });
});

/** Pieces that rules are made of; repeated they are the worst that a rule can meet. */
const PIECES = [
  ..."://a:|://a@|://|@|a@|a.b@c.|+1 |+1(|(1)|1-|1 |4111 |DE89 |ab12|12.|2001:|00 1|a=|a:|a: |password|password=|password: ".split(
    "|",
  ),
  ...'password is |password "|token |key |is a |"|\'|`|\\|eyJ|eyJa.|sk-|ghp_|-----BEGIN PRIVATE KEY|-----BEGIN |A3-|1//0'.split(
    "|",
  ),
  ..."mysql |mysql -p|curl -u |curl -u a:|--a |--token |Cookie: a=b|a=b;|; a=b|Bearer |Basic a|hooks.|webhook/|/api/a1/".split(
    "|",
  ),
  ..."born |born is |passport |passport no |call |call me |/home/|/Users/a|-Users-a-|C:\\\\Users\\\\|word |abandon |a-|a_|aB3|x.|%|<a>|密码|[redacted]".split(
    "|",
  ),
  ..."Aa1/|Aa1+|8Q~|a.atlasv1.|PuTTY-User-Key-File-1|&sig=|?token=a|xprv|0x|a:b@|\t|\n|  ".split("|"),
];

describe("a hostile text costs no time", () => {
  test.each(PIECES)("%j, 60,000 characters of it", (piece) => {
    const text = piece.repeat(Math.ceil(60_000 / piece.length));
    const start = performance.now();
    redactSecrets(text);
    // Some milliseconds on a quiet machine; a rule that is not linear takes minutes.
    expect(performance.now() - start).toBeLessThan(1500);
  });
});

const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(...PIECES, ...secrets.map(([, secret]) => secret)),
      fc.string({ unit: "binary", maxLength: 12 }),
      fc.string({ maxLength: 20 }),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(""));
const words = fc
  .array(
    fc.constantFrom("Fix", "the", "test,", "then", "deploy", "it", "(see", "below):", "use", "-", "für", "main."),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(" "));

describe("whatever the text", () => {
  test("it is answered, and redacting twice gives the same", () => {
    fc.assert(
      fc.property(text, (written) => {
        const once = redactSecrets(written);
        expect(redactSecrets(once)).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });

  test("no eight characters of a secret survive, wherever it stands in a sentence", () => {
    fc.assert(
      fc.property(words, fc.constantFrom(...secrets), words, (before, [, secret], after) => {
        const out = redactSecrets(`${before} ${secret} ${after}`);
        const parts = Array.from({ length: Math.max(0, secret.length - 7) }, (_, at) => secret.slice(at, at + 8));
        expect(parts.filter((part) => out.includes(part) && !READABLE.test(part))).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
});

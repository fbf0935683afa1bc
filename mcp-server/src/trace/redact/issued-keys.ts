import { isId, isRandom, MARK } from "./secret-values.ts";

// What issuers publish of their keys: the prefix, and how the rest is written. Sources: the issuers' own pages, GitHub's
// table of secret scanning patterns, and the rules of gitleaks and trufflehog.

/** Prefixes that nothing else begins with. AI; code and packages; builds; clouds; watching; vaults; payment; talk. */
const PREFIXES = [
  "sk-ant- sk-proj- sk-svcacct- sk-service- sk-admin- sk-or- sk-lf- pk-lf- sk-kimi- gsk_ xai- pplx- nvapi- pcsk_ lsv2_pt_ lsv2_sk_ tvly- apify_api_ wandb_v1_ tgp_v1_ api_org_ phx_ phc_ phs_ csk-",
  "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- glrt- glrtr- gldt- glptt- glcbt- glsoat- glft- glimt- glagent- gloas- glffct- glwt- GR1348941 ATBB ATCTT3 ATATT3 ATSTT3",
  "pypi- rubygems_ dckr_pat_ dckr_oat_ bkua_ CCIPAT_ CCIPRJ_ CLOJARS_ sgp_ squ_ sqp_ sqa_ figd_ figp_ figo_ fio-u- pnu_ AKCp cmVmd sntrys_ sntryu_ nfp_ nfc_ nfo_ nfu_ vcp_ vca_ vci_ vcr_ vck_",
  "dop_v1_ doo_v1_ dor_v1_ tskey-auth- tskey-api- tskey-client- tskey-scim- sbp_ sb_secret_ sb_publishable_ pscale_tkn_ pscale_oauth_ pscale_pw_ cfut_ cfat_ cfk_ CFPAT- HRKU- ops_eyJ",
  "AIza GOCSPX- bedrock-api-key- glc_ glsa_ NRAK- NRAL- NRII- NRIQ- NRBR- NRJS- dt0c01. dt0s01. rdme_ lin_api_ lin_oauth_ ntn_ pat-na1- pat-eu1- xkeysib- xsmtpsib- PMAK- rootly_",
  "hvs. hvb. hvr. dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit. AGE-SECRET-KEY-1 akv_",
  "sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_ pk_live_ pk_test_ ak_live_ whsec_ rzp_live_ rzp_test_ sq0atp- sq0csp- sq0idp- FLWSECK- FLWSECK_TEST- FLWPUBK_TEST- FLWPUBK- shippo_live_ shippo_test_ duffel_live_ duffel_test_",
  "shpat_ shpca_ shppa_ shpss_ shptka_ shpua_ xoxa- xoxb- xoxc- xoxd- xoxe- xoxo- xoxp- xoxr- xoxs- xoxe.xoxb- xoxe.xoxp- xapp- ramp_sec_ ramp_id_ sub-c- pub-c- sec-c- sm_pat_ sm_aat_ sm_sat_",
].flatMap((line) => line.split(" "));
/** Prefixes that names of code begin with too: what follows has to be one long run that is no word. */
const SHORT_PREFIXES = [
  "sess- r8_ hf_ ls__ fw_ fc- jina_ voyage- pa- bb_live_ e2b_ co_ esecret_ key_live_ key_test_ npm_ oy2 slk_ cio pul- reg_ dg. NF- vercel_ expo_ jfrog_ ABSK",
  "dapi ddp_ ddw_ sbs_ napi_ fo1_ fm1a_ fm1r_ fm2_ rnd_ rpa_ scw_ LTAI AKID AQVN YCA YCM ico- secret_ tfp_ re_ key- pubkey- st. s. EAAA EAAC EAAG EAAM EAAB EZAK EZTK",
  "sqco_ aio_ API- p8e- 3MVG9 flb_live_ live_ sl. BBFF- VF.DM. VF. tk-us- pat_ sat_ midi- tok_ api_ token_ lip_ lmnr_ ak_ sk_ rk_ pk_ bb_pr_ bb_ma_ shltm_ thog-key- master- account- ATATT",
].flatMap((line) => line.split(" "));

const ISSUED = oneOf([
  /\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/u, // JSON web token
  /\beyJ[\w+/-]{40,}={0,2}/u,
  /\b(?:sk|pk|rk)-[A-Za-z0-9_-]{20,}/u,
  /\b(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z0-9]{12,}/u,
  /\b(?:SK|AC)[\dA-Fa-f]{32}\b/u, // Twilio
  /\bkey-[\dA-Fa-f]{32}\b/u, // Mailgun
  /\b[\da-f]{32}-us\d{1,2}\b/u, // Mailchimp
  /\b[\dA-Fa-f]{32}-[\dA-Fa-f]{8}-[\dA-Fa-f]{8}\b/u, // Mailgun's signing key
  /\b[MNO][A-Za-z\d_-]{17,30}\.[\w-]{6,7}\.[\w-]{27,45}/u, // Discord
  /\b\d{8,12}:AA[\w-]{30,}/u, // Telegram
  /\bSG\.[\w-]{10,}\.[\w-]{10,}/u,
  /\bya29\.[\w-]{10,}/u,
  /(?<![\w/])1\/\/0[\w-]{20,}/u, // Google's refresh token
  /(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{20,}/u, // Azure's client secret; tests of others write fewer characters before it
  /(?<![\w~.-])\w{3,6}8Q~[\w~.-]{20,}/u,
  /\b(?:[A-Za-z\d+/]{76}|[A-Za-z\d+/]{42})(?:AzFu|AzCa|\+?ASt|ACDb|APIM|ACR)[\w+/]{4,8}={0,2}/u, // Azure's with a signature
  /\b[A-Za-z\d]{14}\.atlasv1\.[\w=-]{40,}/u, // Terraform
  /\b[A-Za-z\d]{6}_[A-Za-z\d]{29}_mmk\b/u, // MaxMind
  /\bpat[A-Za-z\d]{14}\.[\dA-Fa-f]{64}\b/u, // Airtable
  /\bA3-[A-Z\d]{6}-(?:[A-Z\d]{11}|[A-Z\d]{6}-[A-Z\d]{5})(?:-[A-Z\d]{5}){3}/u, // 1Password
  /\b(?:pk|sk)\.eyJ[\w.-]{20,}/u, // Mapbox
  /\bsha256~[\w-]{43}/u, // OpenShift
  /\b00[\w-]{40}(?![\w-])/u, // Okta
  /\bv1\.0-[\dA-Fa-f]{24}-[\dA-Fa-f]{100,}/u, // Cloudflare's origin key
  /\b\d{15,16}(?:\||%7[Cc])[\w-]{27,40}/u, // Facebook's app token
  /\bAccountKey=[\w+/]{10,}={0,2}/u,
  /\bfm\d[ar]?_[\w+/=,]{40,}/u, // Fly.io
  /\b(?:MII[A-Za-z\d]|b3BlbnNzaC1rZXk|LS0tLS1CRUdJTi)[\w+/]{40,}={0,2}/u, // the base64 of a private key
  // Wallets: a private key or an address of Ethereum, Bitcoin's keys and addresses.
  /\b0x(?:[\dA-Fa-f]{64}|[\dA-Fa-f]{40})\b/u,
  /\b[xyztuv](?:prv|pub)[1-9A-HJ-NP-Za-km-z]{100,112}\b/u,
  /\bbc1[02-9ac-hj-np-z]{20,71}\b/u,
]);
// Private keys, whole or cut off.
const PRIVATE_KEY =
  /-{4,5} ?BEGIN [A-Z\d ]*PRIVATE KEY(?: BLOCK)? ?-{4,5}[\s\S]*?(?:-{4,5} ?END [A-Z\d ]*PRIVATE KEY(?: BLOCK)? ?-{4,5}|$)|\bPuTTY-User-Key-File-\d[\s\S]*?(?:Private-MAC: *[\da-f]+|$)/gu;
const WALLET = /\b[13][1-9A-HJ-NP-Za-km-z]{25,34}\b|\b[5KL][1-9A-HJ-NP-Za-km-z]{50,51}\b/gu;

// The longest prefix comes first; one may stand behind `_`, and `-` before a prefix is an option's.
const anyOf = (prefixes: readonly string[]): string =>
  [...prefixes]
    .sort((left, right) => right.length - left.length)
    .map((prefix) => prefix.replaceAll(".", "\\."))
    .join("|");
const PREFIXED = new RegExp(`(?<![A-Za-z0-9])(?:${anyOf(PREFIXES)})([\\w-]{8,}(?:[.+/=][\\w-]{4,})*={0,2})`, "gu");
const SHORT_PREFIXED = new RegExp(`(?<![A-Za-z0-9])(?:${anyOf(SHORT_PREFIXES)})[_-]?([\\w-]{18,}={0,2})`, "gu");

// A long run of letters and digits that no prefix gives away. In a path or behind a scheme it is an address' part.
const BARE = /(?<![\w/+.-])(?:[A-Za-z0-9_-]{20,}={0,2}|[A-Za-z0-9+/]{40,}={0,2})(?![\w/+-])/gu;
// Names of things, not keys to them: Claude's own and GitHub's ids, the integrity of a package, a ULID.
const NO_KEY =
  /^(?:(?:toolu|msg|req|agent|call|chatcmpl|resp|run|thread|bash|shell|task)_|sha\d{1,3}-|[A-Z]{1,5}_kwDO|[0-7][\dA-HJKMNP-TV-Z]{25}$)/u;

// What may hold a key. Prose has few of these, so that the rules below see little of a text.
const RUN = /[\w+/=.~:%|,-]{12,}/gu;

/** Takes out what an issuer's prefix or alphabet gives away, and bare keys that no word and no id can be. */
export function redactIssued(text: string): string {
  return text.replace(PRIVATE_KEY, MARK).replace(RUN, (run) => (/\d|[a-z][A-Z]/u.test(run) ? withoutKeys(run) : run));
}

function withoutKeys(run: string): string {
  return run
    .replace(ISSUED, MARK)
    .replace(PREFIXED, (key: string, rest: string) => (/[\dA-Z]|^[a-z]{30,}$/u.test(rest) ? MARK : key))
    .replace(SHORT_PREFIXED, (key: string, rest: string) => (isOneRun(rest) ? MARK : key))
    .replace(WALLET, (key) => (/[a-z]/u.test(key) && /[A-Z]/u.test(key) && isRandom(key) ? MARK : key))
    .replace(BARE, (run) => (isKey(run) ? MARK : run));
}

/** A run without the words of a name such as `npm_config_registry_url`; with a digit, or with letters as chance has them. */
function oneOf(patterns: readonly RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => source).join("|"), "gu");
}

function isOneRun(rest: string): boolean {
  const longest = longestPart(rest);
  return longest.length >= 12 && isRandom(longest);
}

function longestPart(value: string): string {
  return value.split(/[_-]/u).reduce((most, part) => (part.length > most.length ? part : most), "");
}

function isKey(run: string): boolean {
  const value = run.replace(/^[_-]+|[=_-]+$/gu, "");
  if (isId(value) || NO_KEY.test(value) || !/\d/u.test(value) || !/[a-z]/u.test(value)) return false;
  if (/[+/]/u.test(value)) {
    const parts = value.split(/[+/]/u);
    return /[A-Z]/u.test(value) && !parts.some(isWord);
  }
  const longest = longestPart(value);
  return longest.length >= 12 && /\d/u.test(longest) && isRandom(longest) && !/^[\da-f]+$/u.test(longest);
}

/** A part of a path: `src`, `core2`, `UserProfile`. */
function isWord(part: string): boolean {
  return part.length > 2 && /^(?:[A-Z]?[a-z]{2,})+\d{0,2}$/u.test(part);
}

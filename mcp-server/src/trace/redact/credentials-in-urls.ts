import { isCredential, isId, isRandom, isReference, MARK } from "./secret-values.ts";

const URL_RUN = /:\/\/[^\s"'`<>]+/gu;
const WEBHOOK = /(?:\bhooks\.|discord(?:app)?\.com\/|webhook)[^\s"'`<>]{0,200}/giu;
const SIGNED =
  /([?&#;](?:[\w.-]{0,40}(?:sig|signature|token|key|code|secret|auth|credential|password|sid|ticket|otp|hash|jwt|pass)|x-amz-[\w-]+|se)=)([^&#\s"'`<>]{6,})/giu;
// jdbc:oracle:thin:scott/tiger@//host
const ORACLE = /(:(?:thin|oci8?):[\w.$#]{1,64}\/)[^\s@"'`/]{1,200}(?=@)/giu;
// `user:password` without a scheme, before a host: bob:hunter2@db.example.com.
const PAIR_AT_HOST = /(?<![\w.@/:-])([\w.-]{1,64}[:/])([^\s:@/"'`]{3,100})@(?=[a-z][\w.-]*)/giu;
// Options of commands that take a password, by command up to its end in the line.
const COMMAND =
  /\b(?:mysql\w*|mariadb[\w-]*|mongo\w*|sshpass|redis-cli|sqlcmd|bcp|7z|zip|unzip|curl|wget|https?|xh|docker|podman|helm|oc|az|ldap\w+|smbclient|rpcclient|net|xfreerdp|rdesktop|htpasswd|openssl|keytool|sqlplus|ab|siege|ftp|lftp|psql|impacket-\w+|crackmapexec|nxc|hydra|mosquitto_\w+|rabbitmqctl|nmcli|svn|cqlsh|clickhouse-client|influx|snowsql)(?=[ \t])(?:[^\n|;&]|&(?!&))*/gu;
const COMMAND_OPTIONS: readonly (readonly [command: RegExp, option: RegExp])[] = [
  [/^(?:mysql|mariadb)/u, /([ \t]-p)(?![ \t=])([^\s"'`]+)/gu],
  [
    /^(?:sshpass|(?:docker|podman|helm registry|oc|az)[ \t]+login|mongo|cqlsh|7z|influx|hydra|crackmapexec|nxc)/u,
    /([ \t]-p[ \t=]*["']?)([^\s"'`]+)/gu,
  ],
  [/^(?:zip|unzip|sqlcmd|bcp|mosquitto)/u, /([ \t]-P[ \t=]*["']?)([^\s"'`]+)/gu],
  [/^(?:redis-cli|https?|xh)/u, /([ \t]-a[ \t=]*["']?(?:[\w.@-]+:)?)([^\s"'`]+)/gu],
  [/^ldap/u, /([ \t]-w[ \t]*["']?)([^\s"'`]+)/gu],
  [/^(?:curl|wget|ab|siege|ftp|lftp)/u, /([ \t](?:-[uUA]|--(?:proxy-)?user)[ \t=]*["']?[^\s:"'`]{0,80}:)([^\s"'`]+)/gu],
  [/^(?:smbclient|rpcclient|net)/u, /([ \t]-U[ \t]*["']?[^\s%"'`]{1,80}%)([^\s"'`]+)/gu],
  [/^(?:xfreerdp|rdesktop)/u, /([ \t](?:\/p:|-p[ \t]*))([^\s"'`]+)/gu],
  [/^htpasswd/u, /([ \t]-\w*b\w*[ \t]+\S+[ \t]+\S+[ \t]+)(\S+)/gu],
  [/^(?:openssl)/u, /([ \t"']pass:)([^\s"'`]+)/gu],
  [/^(?:keytool)/u, /([ \t]-(?:store|key)pass[ \t]+["']?)([^\s"'`]+)/gu],
  [/^sqlplus/u, /([ \t][\w.]{1,40}\/)([^\s@"'`/]+)/gu],
];

/** Takes out user info, signatures and webhooks' secret parts of URLs; hosts and paths stay. */
export function redactUrls(text: string): string {
  return text
    .replace(URL_RUN, (run) =>
      run
        .split(/(?<=.)(?=:\/\/)/u)
        .map(withoutUser)
        .join("")
        .replace(SIGNED, (whole: string, name: string, value: string) =>
          isParameter(value) ? `${name}${MARK}` : whole,
        ),
    )
    .replace(ORACLE, `$1${MARK}`)
    .replace(WEBHOOK, withoutHook)
    .replace(PAIR_AT_HOST, (whole: string, user: string, password: string) =>
      isCredential(password) && !isReference(user) ? `${user}${MARK}@` : whole,
    );
}

/** Takes out passwords that commands take under short options of their own: `mysql -pX`, `curl -u user:X`. */
export function redactCommands(text: string): string {
  return text.replace(COMMAND, (command) => {
    let clean = command;
    for (const [name, option] of COMMAND_OPTIONS) {
      if (!name.test(command)) continue;
      clean = clean.replace(option, (whole: string, before: string, value: string) =>
        isReference(value) || /^\d{1,5}(?::\d+)?$/u.test(value) ? whole : `${before}${MARK}`,
      );
    }
    return clean;
  });
}

/** `://user:password@host`, where the password may hold `@`, `/` and `:`; also `://token@host`. */
function withoutUser(url: string): string {
  const at = url.lastIndexOf("@");
  if (at === -1) return url;
  const user = url.slice(3, at);
  const colon = user.indexOf(":");
  const slash = user.indexOf("/");
  // A port, or an `@` in a path: http://localhost:3000/@scope, https://unpkg.com/react@18.
  if (colon === -1 || (slash !== -1 && slash < colon)) {
    const name = slash === -1 ? user : "";
    return isCredential(name) || isId(name) ? `://${MARK}${url.slice(at)}` : url;
  }
  const password = user.slice(colon + 1);
  if (/^\d{1,5}(?:[/?#]|$)/u.test(password) || password === "" || isReference(password)) return url;
  return `${url.slice(0, 4 + colon)}${MARK}${url.slice(at)}`;
}

function isParameter(value: string): boolean {
  return !isReference(value) && (isCredential(value) || isId(value) || isRandom(value));
}

/** A webhook's address without the parts that are its secret. */
function withoutHook(url: string): string {
  return url.replace(
    /(\/(?:services|workflows|triggers|webhooks?|webhookb2|catch|incoming|hooks?|api)\/)([\w/@+=-]{8,})/iu,
    (whole: string, path: string, rest: string) => (rest.split("/").some(isHookPart) ? `${path}${MARK}` : whole),
  );
}

function isHookPart(part: string): boolean {
  return part.length >= 8 && /\d/u.test(part) && (isRandom(part) || isCredential(part) || /^\d{17,20}$/u.test(part));
}

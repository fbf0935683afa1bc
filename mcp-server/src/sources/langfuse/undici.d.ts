// The one file of undici that is bundled: the package's index would bring caches, mocks and WebSockets along.
declare module "undici/lib/dispatcher/env-http-proxy-agent.js" {
  export { EnvHttpProxyAgent as default } from "undici";
}

// @ts-check
/** Addresses of this server, which may be offered below a path of a host that it shares with others. */

/** That path, such as "/playground"; empty where the host is its own. */
export const ROOT = globalThis.document?.documentElement?.dataset?.root ?? "";

/** The server as programs elsewhere name it. */
export const server = () => `${location.origin}${ROOT}`;

/** @param {string} path of a socket on this server */
export function socketAddress(path) {
  const address = new URL(ROOT + path, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  return address;
}

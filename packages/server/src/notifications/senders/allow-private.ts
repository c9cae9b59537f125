/**
 * Which webhooks may lead to addresses that are not public: none, any, or those of named hosts. A host is written as it is in
 * the URL, with its port where only that one is meant: "hub.lan", "192.168.1.4:8123".
 */
export type AllowPrivate = "none" | "any" | ReadonlySet<string>;

export function mayBePrivate(allowed: AllowPrivate, { hostname, port, protocol }: URL): boolean {
  if (typeof allowed === "string") return allowed === "any";
  const usualPort = protocol === "https:" ? "443" : "80";
  return allowed.has(hostname) || allowed.has(`${hostname}:${port || usualPort}`);
}

import { isIP, isIPv4 } from "node:net";

/** What can be set of the HTTP server besides its port. */
export interface HttpConfig {
  /** Addresses and networks of the proxies before it. */
  readonly trustedProxies: readonly string[];
  readonly corsOrigins: readonly string[];
  readonly logsAccess: boolean;
  readonly metricsAccess: MetricsAccess;
  readonly rateLimits: { readonly user: RateLimit | undefined; readonly address: RateLimit | undefined };
  /** How long it says at its end that it is not ready, and still answers. */
  readonly drainMs: number;
}

export const METRICS_ACCESS = ["loopback", "token", "open", "off"] as const;
type MetricsAccess = (typeof METRICS_ACCESS)[number];

interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

/** What `X-Forwarded-For` may be believed from by name. */
const NAMED_NETWORKS: readonly string[] = ["loopback", "linklocal", "uniquelocal"];
const MAX_DRAIN_SECONDS = 300;

/** "50/200": tokens a second, and how many there are at most; undefined for "none". */
export function rateLimit(text: string): RateLimit | undefined {
  if (text === "none") return undefined;
  const [perSecond = 0, burst = 0] = (/^(\d+(?:\.\d+)?)\/(\d+)$/.exec(text)?.slice(1) ?? []).map(Number);
  if (perSecond > 0 && burst >= 1) return { perSecond, burst };
  throw new Error(`must be requests a second and a burst, such as 50/200, or none; not "${text}"`);
}

/** Everyone is no proxy: whoever asks could then say that they are somebody else. */
export function proxies(text: string): readonly string[] {
  return listed(text, (proxy) => {
    const [address = "", bits, ...rest] = proxy.split("/");
    const isNetwork = bits === undefined || isPrefix(bits, isIPv4(address) ? 32 : 128);
    if (NAMED_NETWORKS.includes(proxy) || (isIP(address) !== 0 && isNetwork && rest.length === 0)) return;
    const names = NAMED_NETWORKS.join(", ");
    throw new Error(`must list addresses or networks, such as 10.0.0.0/8, or ${names}; not "${proxy}"`);
  });
}

function isPrefix(text: string, max: number): boolean {
  return /^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= max;
}

export function origins(text: string): readonly string[] {
  return listed(text, (origin) => {
    if (URL.canParse(origin) && /^https?:$/.test(new URL(origin).protocol) && new URL(origin).origin === origin) return;
    throw new Error(`must list origins, such as https://console.example.org, without a path; not "${origin}"`);
  });
}

export function drainMs(text: string): number {
  if (/^\d+$/.test(text) && Number(text) <= MAX_DRAIN_SECONDS) return Number(text) * 1000;
  throw new Error(`must be seconds from 0 to ${MAX_DRAIN_SECONDS}, not "${text}"`);
}

function listed(text: string, check: (item: string) => void): readonly string[] {
  const items = text.split(",").map((item) => item.trim());
  const given = items.filter((item) => item !== "");
  given.forEach(check);
  return given;
}

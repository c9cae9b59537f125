import { lookup, NODATA, NOTFOUND, Resolver } from "node:dns/promises";
import { SluiceError } from "@sluice/core/errors.ts";

export interface NameQuery {
  readonly hostname: string;
  /** Named by whoever runs the installation, and so not only by the DNS: by its hosts file, its search list, mDNS. */
  readonly isOwn: boolean;
  readonly signal: AbortSignal;
}

/** Of one question to one name server, which is asked twice. */
const ANSWER_LIMIT_MS = 3_000;
/** The system's own look-ups each hold one of the process's four threads, which files, hashes and zlib need too; more wait. */
export const MAX_SYSTEM_LOOKUPS = 2;

type SystemLookup = (hostname: string) => Promise<readonly string[]>;

/**
 * Finds the addresses of a name, those of IPv4 first. A stranger's name is asked of the DNS over sockets of our own: the
 * system's look-up would hold a thread for as long as the stranger's name server is silent.
 */
export class NameResolution {
  private readonly nameServers: readonly string[] | undefined;
  private readonly lookUp: SystemLookup;
  private running = 0;
  private readonly waiting = new Set<() => void>();

  /** `nameServers` as `address:port`; the system's when absent. */
  constructor(nameServers?: readonly string[], lookUp: SystemLookup = systemLookup) {
    this.nameServers = nameServers;
    this.lookUp = lookUp;
  }

  /** Throws `webhook.name_unknown`, the signal's reason, or what went wrong on the way. */
  async resolve({ hostname, isOwn, signal }: NameQuery): Promise<readonly string[]> {
    return isOwn ? this.askSystem(hostname, signal) : this.askNameServers(hostname, signal);
  }

  private async askSystem(hostname: string, signal: AbortSignal): Promise<readonly string[]> {
    await this.takeTurn(signal);
    try {
      return await this.lookUp(hostname);
    } finally {
      const [next] = this.waiting;
      if (next === undefined) this.running--;
      else next();
    }
  }

  /** Whoever ends hands the turn on, also when nobody waits for what was found any more: a look-up cannot be cut short. */
  private takeTurn(signal: AbortSignal): Promise<void> {
    if (this.running < MAX_SYSTEM_LOOKUPS) {
      this.running++;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.waiting.delete(enter);
        reject(signal.reason);
      };
      const enter = () => {
        this.waiting.delete(enter);
        signal.removeEventListener("abort", leave);
        resolve();
      };
      this.waiting.add(enter);
      signal.addEventListener("abort", leave, { once: true });
    });
  }

  private async askNameServers(hostname: string, signal: AbortSignal): Promise<readonly string[]> {
    // One a look-up: it reads anew which name servers the system has, and can be cancelled alone.
    const resolver = new Resolver({ timeout: ANSWER_LIMIT_MS, tries: 2 });
    if (this.nameServers !== undefined) resolver.setServers(this.nameServers);
    const cancel = () => resolver.cancel();
    signal.addEventListener("abort", cancel, { once: true });
    try {
      const [ipv4, ipv6] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
      const found = [ipv4, ipv6].flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
      if (found.length === 0 && ipv4.status === "rejected")
        throw signal.aborted ? signal.reason : explained(ipv4.reason, hostname);
      return found;
    } finally {
      signal.removeEventListener("abort", cancel);
    }
  }
}

async function systemLookup(hostname: string): Promise<readonly string[]> {
  const found = await lookup(hostname, { all: true, order: "ipv4first" });
  return found.map(({ address }) => address);
}

/** "There is no such name", and "it has no address" (RFC 1035, section 4.1.1). */
const UNKNOWN: ReadonlySet<unknown> = new Set([NOTFOUND, NODATA]);

function explained(cause: unknown, hostname: string): unknown {
  if (!UNKNOWN.has((cause as { readonly code?: unknown }).code)) return cause;
  const message = `The DNS knows no address of ${hostname}. If it is in your own network, name it in SLUICE_WEBHOOK_ALLOW_PRIVATE.`;
  return new SluiceError("unavailable", "webhook.name_unknown", message, { cause });
}

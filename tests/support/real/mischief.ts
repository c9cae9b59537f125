import { seededRandom } from "@sluice/simulator/random.ts";
import type { LinkProxy } from "./link-proxy.ts";
import type { Direction, Tap, Transmission } from "./passage.ts";

/** Of the messages about commands, so many come late, and so many come once more. */
const SHARE_LATE = 0.3;
const SHARE_TWICE = 0.4;
/** What comes late, or once more, comes after at most this, in whatever order that makes. */
const LONGEST_DELAY_MS = 700;

/**
 * A network on which messages overtake each other and arrive twice, as packets of their own: RUN after STOP, ended before
 * accepted. The same seed makes the same choices about the same messages.
 */
export class Mischief {
  readonly counts = { late: 0, twice: 0, replayed: 0 };
  private readonly link: LinkProxy;
  private readonly random: () => number;
  private readonly said: Transmission[] = [];
  private readonly underWay = new Set<Promise<boolean>>();

  constructor(link: LinkProxy, seed: number) {
    this.link = link;
    this.random = seededRandom(seed);
  }

  readonly tap: Tap = ({ side, message }) => {
    if (side === "after" || message === undefined || !["command", "evidence"].includes(message.channel)) return "pass";
    this.said.push(message);
    if (this.random() < SHARE_TWICE) this.counts.twice += this.sendLater(message);
    if (this.random() >= SHARE_LATE) return "pass";
    this.counts.late += this.sendLater(message);
    return "drop";
  };

  /** Everything that was ever said, once more, in another order. */
  async replayAll(direction: Direction): Promise<void> {
    const messages = this.said.filter((message) => message.direction === direction);
    while (messages.length > 0) {
      const [message] = messages.splice(Math.floor(this.random() * messages.length), 1);
      if (await this.send(message!)) this.counts.replayed++;
    }
  }

  /** Resolves when nothing is under way any more. */
  async calm(): Promise<void> {
    await Promise.all(this.underWay);
  }

  private sendLater(message: Transmission): number {
    const delayMs = this.random() * LONGEST_DELAY_MS;
    const sending = new Promise((resolve) => setTimeout(resolve, delayMs)).then(() => this.send(message));
    this.underWay.add(sending);
    sending.finally(() => this.underWay.delete(sending));
    return 1;
  }

  private send({ uid, direction, channel, payload }: Transmission): Promise<boolean> {
    return this.link.inject(uid, direction, channel, payload);
  }
}

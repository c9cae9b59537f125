import type { Client } from "pg";
import type { Clock } from "./clock.ts";

/**
 * Hears PostgreSQL's notifications, on a connection of its own.
 *
 *   silent    → no connection: caches are emptied each `TICK_MS`, so that nothing in them is older than that
 *   listening → notices arrive; each tick the connection must answer, or it counts as lost (a half-open socket says nothing)
 *
 * Whenever notices may have been missed, `onGap` says so. Nothing that `onNotice` and `onGap` keep up to date is therefore
 * ever staler than two ticks, which is less than the second that a revoked token may live.
 */
export const TICK_MS = 400;

export interface ChannelListenerOptions {
  /** Opens a connection outside any pool. */
  readonly connect: () => Promise<Client>;
  readonly clock: Clock;
  readonly channels: readonly string[];
  readonly onNotice: (channel: string, payload: string) => void;
  readonly onGap: () => void;
}

export class ChannelListener {
  readonly #options: ChannelListenerOptions;
  #client: Client | undefined;
  #connecting: Promise<void> | undefined;
  #answered = true;
  #cancelTick: (() => void) | undefined;
  #stopped = false;

  constructor(options: ChannelListenerOptions) {
    this.#options = options;
  }

  get isListening(): boolean {
    return this.#client !== undefined;
  }

  /** Resolves once notices arrive; fails when the database cannot be reached. */
  async start(): Promise<void> {
    await this.#connect();
    this.#scheduleTick();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelTick?.();
    await this.#connecting;
    const client = this.#client;
    this.#client = undefined;
    await client?.end();
  }

  #scheduleTick(): void {
    this.#cancelTick = this.#options.clock.after(TICK_MS, () => this.#tick());
  }

  #tick(): void {
    if (this.#client && this.#answered) this.#ask(this.#client);
    else this.#lose();
    this.#scheduleTick();
  }

  #ask(client: Client): void {
    this.#answered = false;
    client.query("select 1").then(
      () => {
        if (client === this.#client) this.#answered = true;
      },
      () => this.#loseClient(client),
    );
  }

  #lose(): void {
    this.#drop();
    this.#options.onGap();
    // A failed attempt is made again at the next tick, for as long as the process runs.
    this.#connecting ??= this.#connect()
      .catch(() => {})
      .finally(() => {
        this.#connecting = undefined;
      });
  }

  #loseClient(client: Client): void {
    if (client === this.#client) this.#lose();
  }

  async #connect(): Promise<void> {
    const client = await this.#options.connect();
    client.on("error", () => this.#loseClient(client));
    client.on("end", () => this.#loseClient(client));
    client.on("notification", ({ channel, payload = "" }) => {
      if (client === this.#client) this.#options.onNotice(channel, payload);
    });
    try {
      for (const channel of this.#options.channels) await client.query(`listen ${channel}`);
    } catch (error) {
      end(client);
      throw error;
    }
    if (this.#stopped) return end(client);
    this.#client = client;
    this.#answered = true;
    this.#options.onGap();
  }

  #drop(): void {
    const client = this.#client;
    this.#client = undefined;
    if (client) end(client);
  }
}

/** Without waiting: saying goodbye to a dead peer takes as long as TCP is patient. */
function end(client: Client): void {
  client.end().catch(() => {});
}

import type { Pool } from "pg";
import type { Clock } from "../platform/clock.ts";
import { type CredentialKey, nameOfKey } from "./credential-key.ts";
import { touchCredentials } from "./credential-store.ts";

/** Uses noted between two writes; past it the next ones wait for the period after. */
const MAX_NOTED = 10_000;
const WRITE_INTERVAL_MS = 60_000;

/** Which credentials are in use, written down now and then, so that no reading waits for it. */
export class CredentialUses {
  readonly #pool: Pool;
  readonly #clock: Clock;
  #noted = new Set<CredentialKey>();
  #cancel: (() => void) | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(pool: Pool, clock: Clock) {
    this.#pool = pool;
    this.#clock = clock;
  }

  note(key: CredentialKey): void {
    if (this.#noted.size >= MAX_NOTED) return;
    this.#noted.add(key);
    this.#cancel ??= this.#clock.after(WRITE_INTERVAL_MS, () => this.#write());
  }

  async stop(): Promise<void> {
    if (this.#cancel !== undefined) this.#write();
    await this.#writing;
  }

  #write(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const noted = this.#noted;
    this.#noted = new Set();
    const now = new Date(this.#clock.nowMicros() / 1000);
    // A use that gets lost is noted at the next one.
    this.#writing = touchCredentials(this.#pool, [...noted].map(nameOfKey), now).catch(() => {});
  }
}

import { MAX_KEY_BYTES, MAX_METRICS_PER_PROFILE } from "@sluice/core/telemetry/limits.ts";
import type { Pool } from "pg";
import { inTransaction } from "../platform/postgres.ts";
import type { ProfileEntry } from "./directory.ts";
import type { LiveProfiles } from "./live-profiles.ts";
import { allocateMetricNumbers } from "./profile-store.ts";
import { notifyRegistry } from "./registry-notice.ts";

interface Batch {
  readonly keys: Set<string>;
  readonly done: Promise<void>;
}

/**
 * Gives new metric keys their numbers. A fleet that starts sending meets its metrics in a thousand messages at once: while
 * one transaction runs, the keys of all others wait together for the next, so a profile never takes more than one connection.
 */
export class MetricAllocator {
  readonly #pool: Pool;
  readonly #profiles: LiveProfiles;
  readonly #running = new Map<number, Promise<void>>();
  readonly #waiting = new Map<number, Batch>();

  constructor(pool: Pool, profiles: LiveProfiles) {
    this.#pool = pool;
    this.#profiles = profiles;
  }

  /** Resolves once the numbers are committed and seen in `profile.metricNumbers`; keys that can have none stay absent. */
  async allocate(profile: ProfileEntry, keys: readonly string[]): Promise<void> {
    const wanted = keys.filter((key) => isUnnumbered(profile, key) && isStorableKey(key));
    if (wanted.length === 0 || isProfileFull(profile)) return;
    const batch = this.#waiting.get(profile.id) ?? this.#open(profile);
    for (const key of wanted) batch.keys.add(key);
    await batch.done;
  }

  #open(profile: ProfileEntry): Batch {
    const keys = new Set<string>();
    const before = this.#running.get(profile.id) ?? Promise.resolve();
    const done = before
      // What became of the batch before was told to those who waited for it.
      .catch(() => {})
      .then(() => {
        this.#waiting.delete(profile.id);
        return this.#commit(profile, keys);
      })
      .finally(() => {
        if (this.#running.get(profile.id) === done) this.#running.delete(profile.id);
      });
    const batch = { keys, done };
    this.#waiting.set(profile.id, batch);
    this.#running.set(profile.id, done);
    return batch;
  }

  async #commit(profile: ProfileEntry, keys: ReadonlySet<string>): Promise<void> {
    const unnumbered = [...keys].filter((key) => isUnnumbered(profile, key)).slice(0, MAX_METRICS_PER_PROFILE);
    if (unnumbered.length === 0) return;
    await inTransaction(this.#pool, async (client) => {
      await allocateMetricNumbers(client, profile.id, unnumbered);
      await notifyRegistry(client, { kind: "profile", id: profile.id });
    });
    await this.#profiles.refresh([profile.id]);
  }
}

export function isProfileFull(profile: ProfileEntry): boolean {
  return profile.metricNumbers.size >= MAX_METRICS_PER_PROFILE;
}

function isUnnumbered(profile: ProfileEntry, key: string): boolean {
  return !profile.metricNumbers.has(key);
}

/** What PostgreSQL can keep as text, within the limit of a key: other keys go to `extras`. */
function isStorableKey(key: string): boolean {
  return key !== "" && !key.includes("\0") && key.isWellFormed() && Buffer.byteLength(key) <= MAX_KEY_BYTES;
}

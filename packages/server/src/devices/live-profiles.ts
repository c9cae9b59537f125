import { NO_LIMITS, ValidityLimits } from "@sluice/core/telemetry/validity.ts";
import type { Pool } from "pg";
import type { ProfileEntry } from "./directory.ts";
import { type DirectoryProfileRow, findProfiles } from "./directory-store.ts";

/** A profile in memory: one object for the life of the process, changed in place, because decoders hold on to it. */
class LiveProfile implements ProfileEntry {
  readonly id: number;
  readonly organizationId: number;
  readonly key: string;
  readonly metricNumbers = new Map<string, number>();
  readonly metricKeys: string[] = [];
  readingsPerSecond = 0;
  readingsBurst = 0;
  validity = NO_LIMITS;
  #limits = "";

  constructor({ id, organizationId, key }: DirectoryProfileRow) {
    this.id = id;
    this.organizationId = organizationId;
    this.key = key;
  }

  /** Numbers are never taken back, so an answer that overtook a newer one takes nothing away. */
  update(row: DirectoryProfileRow): void {
    this.readingsPerSecond = row.readingsPerSecond;
    this.readingsBurst = row.readingsBurst;
    this.updateLimits(row);
    for (let number = this.metricKeys.length; number < row.metricKeys.length; number++) {
      const key = row.metricKeys[number]!;
      this.metricKeys.push(key);
      this.metricNumbers.set(key, number);
    }
  }

  /** Another object only when a limit changed: with it, what is remembered of the devices begins anew. */
  private updateLimits({ metricLimits }: DirectoryProfileRow): void {
    const limits = new ValidityLimits(metricLimits);
    const text = JSON.stringify(metricLimits.map((metric) => Object.values(metric)));
    if (text === this.#limits) return;
    this.#limits = text;
    this.validity = limits.judges ? limits : NO_LIMITS;
  }
}

/**
 * The profiles that devices in memory have. They are never dropped: an organization makes few, and what holds on to one must
 * see its new metrics.
 */
export class LiveProfiles {
  readonly #pool: Pool;
  readonly #profiles = new Map<number, LiveProfile>();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async find(ids: readonly number[]): Promise<ReadonlyMap<number, ProfileEntry>> {
    const missing = new Set(ids.filter((id) => !this.#profiles.has(id)));
    if (missing.size > 0) await this.refresh([...missing]);
    return this.#profiles;
  }

  async refresh(ids: readonly number[]): Promise<void> {
    for (const row of await findProfiles(this.#pool, ids)) {
      let profile = this.#profiles.get(row.id);
      if (!profile) {
        profile = new LiveProfile(row);
        this.#profiles.set(row.id, profile);
      }
      profile.update(row);
    }
  }

  /** Reads those again that are in memory, all of them when none are named. */
  async refreshKnown(ids: Iterable<number> = this.#profiles.keys()): Promise<void> {
    const known = [...ids].filter((id) => this.#profiles.has(id));
    if (known.length > 0) await this.refresh(known);
  }
}

import type { Pool } from "pg";
import { groupByOrganization, type RegistryEvent } from "../devices/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { LatestByProfile, TelemetryReader } from "../telemetry/index.ts";
import { EnergyIndex } from "./energy-index.ts";
import { type EnergySummary, summarize } from "./summarize.ts";

/** An index is built anew after this, whatever was heard: assets may have moved. */
export const MAX_AGE_MS = 5 * 60_000;
/** Organizations whose index is kept; the one that was asked longest ago goes first. */
const MAX_INDEXES = 100;
/** Times that an index is built anew for one answer, while it changes faster than it is read. */
const MAX_ATTEMPTS = 3;
/** Changed devices that wait until somebody asks; with more, it is looked up at once whose they are. */
const MAX_CHANGED = 10_000;
/** A home without energy devices. */
const NO_HOME = -2;

export interface EnergyOptions {
  readonly pool: Pool;
  readonly telemetry: Pick<TelemetryReader, "latestColumns">;
  readonly clock: Clock;
}

export interface EnergyQuery {
  readonly siteId?: number | undefined;
  /** The asset that is the home. */
  readonly homeId?: number | undefined;
  /** A value that is older is not known any more. */
  readonly maxAgeMs: number;
}

/** What all energy devices of an organization do now, by home and together. */
export class Energy {
  private readonly options: EnergyOptions;
  /** In the order in which they were last asked for. */
  private readonly indexes = new Map<number, Promise<EnergyIndex>>();
  /** Devices of whichever organization, since they were handed out. */
  private readonly changed = new Set<number>();
  /** One at a time, so that whoever waits for it knows that all of it is handed out. */
  private handedOut: Promise<void> = Promise.resolve();
  private handingOut = 0;

  constructor(options: EnergyOptions) {
    this.options = options;
  }

  async summary(organizationId: number, query: EnergyQuery): Promise<EnergySummary> {
    const index = await this.freshIndex(organizationId);
    const latest = await this.latestOf(index);
    const home = query.homeId === undefined ? undefined : (index.homes.ofAsset(query.homeId) ?? NO_HOME);
    const notBeforeMicros = this.options.clock.nowMicros() - query.maxAgeMs * 1000;
    return summarize(index.parts, index.homes, latest, { siteId: query.siteId, home, notBeforeMicros });
  }

  onRegistryChange(event: RegistryEvent): void {
    if (event.kind === "gap") this.indexes.clear();
    else if (event.kind === "profile") this.onProfileChanged(event.id);
    else if (this.indexes.size > 0) this.changed.add(event.id);
    if (this.changed.size > MAX_CHANGED && this.handingOut === 0) this.handOutChanged().catch(() => this.forgetAll());
  }

  private onProfileChanged(id: number): void {
    for (const index of this.indexes.values()) {
      index.then(
        (built) => built.onProfileChanged(id),
        () => {},
      );
    }
  }

  /** What cannot be handed out is not known to be up to date. */
  private forgetAll(): void {
    this.indexes.clear();
    this.changed.clear();
  }

  /** A device's change concerns the index of its own organization, and costs no other one anything. */
  private handOutChanged(): Promise<void> {
    this.handingOut++;
    const handedOut = this.handedOut.then(() => this.handOut()).finally(() => this.handingOut--);
    this.handedOut = handedOut.catch(() => {});
    return handedOut;
  }

  private async handOut(): Promise<void> {
    const ids = [...this.changed];
    this.changed.clear();
    if (ids.length === 0) return;
    try {
      for (const [organizationId, changed] of await groupByOrganization(this.options.pool, ids)) {
        this.indexes.get(organizationId)?.then(
          (built) => built.onDevicesChanged(changed),
          () => {},
        );
      }
    } catch (error) {
      for (const id of ids) this.changed.add(id);
      throw error;
    }
  }

  private async freshIndex(organizationId: number): Promise<EnergyIndex> {
    for (let attempt = 1; ; attempt++) {
      const index = await this.indexOf(organizationId);
      await this.handOutChanged();
      await index.refresh();
      if (!index.isOutdated || attempt === MAX_ATTEMPTS) return index;
      this.indexes.delete(organizationId);
    }
  }

  private async indexOf(organizationId: number): Promise<EnergyIndex> {
    const nowMs = this.options.clock.monotonicMs();
    const known = this.indexes.get(organizationId);
    const index = known === undefined ? undefined : await known;
    if (index !== undefined && nowMs - index.builtAtMs < MAX_AGE_MS) return index;
    // Another caller may have begun to build it in the meantime.
    const current = this.indexes.get(organizationId);
    if (current !== undefined && current !== known) return current;
    const building = EnergyIndex.build(this.options.pool, organizationId, nowMs);
    this.keep(organizationId, building);
    return building;
  }

  private keep(organizationId: number, building: Promise<EnergyIndex>): void {
    this.indexes.delete(organizationId);
    this.indexes.set(organizationId, building);
    const [oldest] = this.indexes.keys();
    if (this.indexes.size > MAX_INDEXES && oldest !== undefined) this.indexes.delete(oldest);
    building.catch(() => {
      if (this.indexes.get(organizationId) === building) this.indexes.delete(organizationId);
    });
  }

  private latestOf(index: EnergyIndex): Promise<LatestByProfile> {
    return this.options.telemetry.latestColumns(index.profileIds);
  }
}

import type { Pool } from "pg";
import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/logger.ts";
import { PollingWorker } from "../../platform/polling-worker.ts";
import { inTransaction } from "../../platform/postgres.ts";
import { NOTICE_MS } from "./policies.ts";
import {
  dropNoted,
  earlierMicros,
  forgetNotices,
  listProfilesWithParts,
  lockRetention,
  noteDue,
} from "./retention-store.ts";

/** Parts are days and months long: an hour more or less is nothing. */
const PAUSE_MS = 3_600_000;

export interface RetentionWorkerOptions {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly noticeMs?: number;
}

/** Lets go of readings and rollups that have been kept for as long as their profile says. */
export class RetentionWorker extends PollingWorker {
  private readonly options: RetentionWorkerOptions;

  constructor(options: RetentionWorkerOptions) {
    const { clock, logger } = options;
    super({ name: "retention", clock, logger, failure: "readings were not let go of; tried again in an hour" });
    this.options = options;
  }

  protected async round(): Promise<void> {
    const failures: unknown[] = [];
    for (const profileId of await listProfilesWithParts(this.options.pool)) {
      if (!this.isRunning) return;
      // One profile that is locked, or in trouble, does not hold up the others.
      await this.attend(profileId).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }

  private async attend(profileId: number): Promise<void> {
    const { pool, clock, logger, noticeMs = NOTICE_MS } = this.options;
    const dropped = await inTransaction(pool, async (client) => {
      const retention = await lockRetention(client, profileId);
      if (retention.hold !== null) {
        await forgetNotices(client, profileId);
        return { raw: 0, whole: 0 };
      }
      await noteDue(client, profileId, retention, await earlierMicros(client, clock.nowMicros()));
      return dropNoted(client, profileId, noticeMs);
    });
    if (dropped.raw + dropped.whole > 0) logger.info({ profileId, ...dropped }, "kept for long enough: parts dropped");
  }

  protected pauseMs(): number {
    return PAUSE_MS;
  }
}

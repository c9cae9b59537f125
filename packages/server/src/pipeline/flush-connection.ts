import pg from "pg";
import type { Clock } from "../platform/clock.ts";
import { type FlushIdentity, isCommitted } from "./flush-store.ts";

/** How often and how long to look for the end of a backend whose reply was lost, before ending it. */
const LOOK_AGAIN_MS = 50;
const PATIENCE_MS = 1000;
/** A flush never thinks this long; a backend whose process has gone lets go of its locks after it. */
export const IDLE_IN_TRANSACTION_MS = 10_000;
const GOODBYE_MS = 1000;

export interface Backend {
  readonly client: pg.Client;
  readonly pid: number;
  readonly startedAt: string;
  broken: boolean;
}

/**
 * The one connection that flushes go over. When it breaks with a COMMIT under way, nobody knows whether the flush is
 * stored; `settle` finds out, by looking after the old backend is gone, so that it cannot commit behind our back.
 */
export class FlushConnection {
  private backend: Backend | undefined;
  private readonly connectionString: string;
  private readonly clock: Clock;

  constructor(connectionString: string, clock: Clock) {
    this.connectionString = connectionString;
    this.clock = clock;
  }

  /** The open connection, or a new one. */
  async open(): Promise<Backend> {
    if (this.backend !== undefined && !this.backend.broken) return this.backend;
    const client = new pg.Client({
      connectionString: this.connectionString,
      application_name: "sluice-pipeline",
      pipeline: true,
      connectionTimeoutMillis: 5000,
      statement_timeout: 30_000,
      lock_timeout: 1000,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
      // A network that swallows everything must not hold the pipeline for ever.
      keepAlive: true,
      query_timeout: 35_000,
    });
    const state = { broken: false };
    client.on("error", () => {
      state.broken = true;
    });
    client.on("end", () => {
      state.broken = true;
    });
    await client.connect();
    // A flush says that it writes: what was sent outside of its transaction, by whatever mishap, stores nothing.
    await client.query("set default_transaction_read_only = on");
    const { rows } = await client.query(
      "select pid, backend_start::text as started from pg_stat_activity where pid = pg_backend_pid()",
    );
    this.backend = Object.assign(state, { client, pid: rows[0].pid as number, startedAt: rows[0].started as string });
    return this.backend;
  }

  /** Ends a connection whose state is not known. */
  abandon(backend: Backend): void {
    backend.broken = true;
    endSoon(backend.client, this.clock);
  }

  /**
   * Keeps asking until the database answers. "unknown" when it did not before `isStopped`: then its number must not be used
   * again until the partition is loaded anew.
   */
  async settle(
    lost: Backend,
    flush: FlushIdentity,
    isStopped: () => boolean,
  ): Promise<"stored" | "absent" | "unknown"> {
    this.abandon(lost);
    const since = this.clock.monotonicMs();
    do {
      try {
        const { client } = await this.open();
        // Asked in this order: once the backend is gone, what is not there will never be.
        const gone = await isGone(client, lost, this.clock.monotonicMs() - since > PATIENCE_MS);
        if (await isCommitted(client, flush)) return "stored";
        if (gone) return "absent";
      } catch {
        if (this.backend !== undefined) this.abandon(this.backend);
      }
      await new Promise<void>((resolve) => this.clock.after(LOOK_AGAIN_MS, resolve));
    } while (!isStopped());
    return "unknown";
  }

  async close(): Promise<void> {
    if (this.backend !== undefined) await endSoon(this.backend.client, this.clock);
    this.backend = undefined;
  }
}

/** Says goodbye, and hangs up on a peer that does not answer. */
async function endSoon(client: pg.Client, clock: Clock): Promise<void> {
  let cancel = () => {};
  const limit = new Promise<void>((resolve) => {
    cancel = clock.after(GOODBYE_MS, resolve);
  });
  await Promise.race([client.end().catch(() => undefined), limit]);
  cancel();
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}

async function isGone(client: pg.Client, lost: Backend, outOfPatience: boolean): Promise<boolean> {
  const { rows } = await client.query(
    `select ${outOfPatience ? "pg_terminate_backend(pid)" : "1"} from pg_stat_activity
      where pid = $1 and backend_start::text = $2`,
    [lost.pid, lost.startedAt],
  );
  return rows.length === 0;
}

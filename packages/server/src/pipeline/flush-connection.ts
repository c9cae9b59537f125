import pg from "pg";
import type { Clock } from "../platform/clock.ts";
import { isCommitted } from "./flush-store.ts";

/** How often and how long to look for the end of a backend whose reply was lost, before ending it. */
const LOOK_AGAIN_MS = 50;
const PATIENCE_MS = 1000;

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
      connectionTimeoutMillis: 5000,
      statement_timeout: 30_000,
      lock_timeout: 1000,
      idle_in_transaction_session_timeout: 30_000,
    });
    await client.connect();
    const { rows } = await client.query(
      "select pid, backend_start::text as started from pg_stat_activity where pid = pg_backend_pid()",
    );
    const backend: Backend = { client, pid: rows[0].pid, startedAt: rows[0].started, broken: false };
    client.on("error", () => {
      backend.broken = true;
    });
    client.on("end", () => {
      backend.broken = true;
    });
    this.backend = backend;
    return backend;
  }

  /** Ends a connection whose state is not known. */
  abandon(backend: Backend): void {
    backend.broken = true;
    backend.client.end().catch(() => undefined);
  }

  /**
   * True when the flush is stored. Keeps asking until the database answers or `isStopped`; then it says false, and senders
   * that are refused send again what may be stored already, which is harmless.
   */
  async settle(lost: Backend, partition: number, seq: number, isStopped: () => boolean): Promise<boolean> {
    this.abandon(lost);
    const since = this.clock.monotonicMs();
    do {
      try {
        const { client } = await this.open();
        // Asked in this order: once the backend is gone, what is not there will never be.
        const gone = await isGone(client, lost, this.clock.monotonicMs() - since > PATIENCE_MS);
        if (await isCommitted(client, partition, seq)) return true;
        if (gone) return false;
      } catch {
        if (this.backend !== undefined) this.abandon(this.backend);
      }
      await new Promise<void>((resolve) => this.clock.after(LOOK_AGAIN_MS, resolve));
    } while (!isStopped());
    return false;
  }

  async close(): Promise<void> {
    await this.backend?.client.end().catch(() => undefined);
    this.backend = undefined;
  }
}

async function isGone(client: pg.Client, lost: Backend, outOfPatience: boolean): Promise<boolean> {
  const { rows } = await client.query(
    `select ${outOfPatience ? "pg_terminate_backend(pid)" : "1"} from pg_stat_activity
      where pid = $1 and backend_start::text = $2`,
    [lost.pid, lost.startedAt],
  );
  return rows.length === 0;
}

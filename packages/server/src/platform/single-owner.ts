import type pg from "pg";
import { ADVISORY_LOCKS, type AdvisoryLock } from "./advisory-locks.ts";
import type { Clock } from "./clock.ts";
import { connectClient } from "./postgres.ts";

/**
 * One process a database for one job; any other stands by until the owner has gone:
 *
 *   waiting → owning → released
 *                └───→ lost       the connection broke: another may own it now, so stop at once
 *
 * The lock is an advisory lock of a connection of its own. It says who may try; what makes a late write of a lost owner
 * harmless is the epoch row that every flush locks.
 */
export interface Ownership {
  /** Gives it free for another; idempotent. */
  release(): Promise<void>;
}

export interface OwnershipOptions {
  readonly connectionString: string;
  readonly lock: AdvisoryLock;
  readonly clock: Clock;
  /** Called once, when ownership is gone without having been released. */
  readonly onLost: (error: Error) => void;
  /** Called once, when this process begins to stand by: another has it, or the database does not answer. */
  readonly onStandby?: (error?: unknown) => void;
  /** Ends the waiting; `acquireOwnership` then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Asking again and again instead of waiting inside PostgreSQL: a statement that waits for days would hold back the clean-up
 * of dead rows for as long.
 */
export const RETRY_MS = 500;
export const HEARTBEAT_MS = 2_000;
/** No answer for this long is taken for loss, also when the connection seems to stand. */
export const HEARTBEAT_LIMIT_MS = 5_000;
/** An owner whose machine vanished is noticed by the server after about 5 + 3 × 2 s. */
const KEEPALIVE = "set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 2; set tcp_keepalives_count = 3";

/** Resolves when this process is the owner, however long that takes. */
export async function acquireOwnership(options: OwnershipOptions): Promise<Ownership> {
  let standsBy = false;
  for (;;) {
    options.signal?.throwIfAborted();
    const outcome = await tryToOwn(options);
    if (outcome.client !== undefined) return holdOwnership(outcome.client, options);
    if (!standsBy) options.onStandby?.(outcome.error);
    standsBy = true;
    await pause(options.clock, RETRY_MS, options.signal);
  }
}

async function tryToOwn(options: OwnershipOptions): Promise<{ client?: pg.Client; error?: unknown }> {
  let client: pg.Client | undefined;
  try {
    client = await connectClient(options.connectionString, `owner-${options.lock}`);
    // Until it is held, a broken connection shows in the statement that waits for it.
    client.on("error", () => {});
    await client.query(KEEPALIVE);
    const { rows } = await client.query("select pg_try_advisory_lock($1, $2) as owned", [
      ...ADVISORY_LOCKS[options.lock],
    ]);
    if (rows[0].owned) return { client };
    await client.end();
    return {};
  } catch (error) {
    await client?.end().catch(() => {});
    return { error };
  }
}

function holdOwnership(client: pg.Client, { lock, clock, onLost }: OwnershipOptions): Ownership {
  let state: "owning" | "released" | "lost" = "owning";
  let cancelTimer = () => {};

  function lose(error: Error): void {
    if (state !== "owning") return;
    state = "lost";
    cancelTimer();
    client.end().catch(() => {});
    onLost(error);
  }

  function beat(): void {
    cancelTimer = clock.after(HEARTBEAT_LIMIT_MS, () => lose(new Error(`no heartbeat for ${HEARTBEAT_LIMIT_MS} ms`)));
    client.query("select").then(() => {
      if (state !== "owning") return;
      cancelTimer();
      cancelTimer = clock.after(HEARTBEAT_MS, beat);
    }, lose);
  }

  client.on("error", lose);
  client.on("end", () => lose(new Error("the connection ended")));
  cancelTimer = clock.after(HEARTBEAT_MS, beat);
  return {
    async release() {
      if (state !== "owning") return;
      state = "released";
      cancelTimer();
      await client.query("select pg_advisory_unlock($1, $2)", [...ADVISORY_LOCKS[lock]]).catch(() => {});
      await client.end().catch(() => {});
    },
  };
}

function pause(clock: Clock, delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = clock.after(delayMs, () => {
      signal?.removeEventListener("abort", abort);
      resolve();
    });
    signal?.addEventListener("abort", abort, { once: true });
  });
}

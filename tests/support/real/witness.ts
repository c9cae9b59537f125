import { parseCommand } from "@sluice/protocol/commands/command-codec.ts";
import type { Pool } from "pg";
import { eventually } from "../eventually.ts";
import type { Transmission } from "./passage.ts";

/** A command on its way to its device, and what the database had committed of it at that moment. */
export interface SentCommand {
  readonly uid: string;
  readonly session: number;
  readonly id: string;
  readonly kind: string;
  readonly fence: number | undefined;
  readonly payload: string;
  readonly atMs: number;
  readonly isOriginal: boolean;
  /** Whether the device had said hello on this connection. */
  readonly isGreeted: boolean;
  /** Undefined: the database does not know it. */
  readonly committed: CommittedCommand | undefined;
  /** Ids of the starts of its actuator that were live then. */
  readonly live: readonly string[];
}

export interface CommittedCommand {
  readonly state: string;
  readonly fence: number | null;
  readonly payload: string | null;
  /** Null for what never expires. */
  readonly deadlineMs: number | null;
  /** The worst case that was reserved; null for what reserves nothing. */
  readonly runFromMs: number | null;
  readonly runUntilMs: number | null;
}

/**
 * Stands at the wire and looks every command up in the database before it is handed on: what is not committed by then was sent
 * too early.
 */
export class Witness {
  readonly sent: SentCommand[] = [];
  /** Hellos that were said, on any connection. */
  greetings = 0;
  private readonly greeted = new Set<number>();
  private readonly pool: Pool;

  constructor(pool: Pool) {
    this.pool = pool;
  }

  async see({ uid, session, direction, channel, payload, isOriginal }: Transmission): Promise<void> {
    if (direction === "to-server" && channel === "hello") {
      this.greeted.add(session);
      this.greetings++;
    }
    if (direction === "to-server" || channel !== "command") return;
    const message = parseCommand(payload);
    // While the database is away nothing can be looked up, and nothing be committed either.
    const [committed, live] = await eventually(() =>
      Promise.all([this.lookUp(message.id), this.liveStarts(uid, message.actuator)]),
    );
    const { id, kind, fence } = message;
    const command = { uid, session, id, kind, fence, payload, isOriginal };
    this.sent.push({ ...command, isGreeted: this.greeted.has(session), atMs: Date.now(), committed, live });
  }

  private async lookUp(id: string): Promise<CommittedCommand | undefined> {
    const { rows } = await this.pool.query<CommittedCommand>(
      `select state, fence, payload, ${milliseconds("deadline_at")} as "deadlineMs",
              ${milliseconds("lower(run_window)")} as "runFromMs", ${milliseconds("upper(run_window)")} as "runUntilMs"
         from command where id::text = $1`,
      [id],
    );
    return rows[0];
  }

  private async liveStarts(uid: string, actuator: string): Promise<string[]> {
    const { rows } = await this.pool.query<{ id: string }>(
      `select c.id from command c join actuator a on a.id = c.actuator_id join device d on d.id = a.device_id
        where d.uid = $1 and a.key = $2 and c.kind in ('RUN', 'DOSE')
          and c.state in ('QUEUED', 'DISPATCHING', 'ACCEPTED', 'RUNNING', 'UNKNOWN')`,
      [uid, actuator],
    );
    return rows.map(({ id }) => id);
  }
}

export function milliseconds(column: string): string {
  return `(extract(epoch from ${column}) * 1000)::float8`;
}

import type { Queryable } from "../telemetry-store.ts";

/** What went for one erasure. */
export interface Gone {
  messages: number;
  bytes: number;
  parts: number;
}

/** By erasure. */
export class GoneByErasure {
  private readonly byErasure = new Map<number, Gone>();

  add(erasureId: number, gone: Partial<Gone>): void {
    const sum = this.byErasure.get(erasureId) ?? { messages: 0, bytes: 0, parts: 0 };
    this.byErasure.set(erasureId, sum);
    sum.messages += gone.messages ?? 0;
    sum.bytes += gone.bytes ?? 0;
    sum.parts += gone.parts ?? 0;
  }

  get isEmpty(): boolean {
    return this.byErasure.size === 0;
  }

  /** Shares the bytes that a part has lost out by the messages that each erasure took. */
  shareBytes(bytes: number): void {
    const all = [...this.byErasure.values()];
    const messages = all.reduce((sum, gone) => sum + gone.messages, 0);
    for (const gone of all) gone.bytes += messages === 0 ? bytes / all.length : (bytes * gone.messages) / messages;
  }

  entries(): Iterable<[number, Gone]> {
    return this.byErasure;
  }
}

/** Inside the transaction in which it goes. */
export async function writeReceipts(db: Queryable, gone: GoneByErasure): Promise<void> {
  for (const [id, { messages, bytes, parts }] of gone.entries()) {
    await db.query(
      `update erasure set state = 'running', messages = messages + $2, bytes = bytes + $3,
              parts_rewritten = parts_rewritten + $4
        where id = $1 and state <> 'done'`,
      [id, messages, Math.max(0, Math.round(bytes)), parts],
    );
  }
}

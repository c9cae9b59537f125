import type { CommandMessage, StartMessage } from "@sluice/core/commands/messages.ts";
import { parseCommand } from "@sluice/protocol/commands/command-codec.ts";
import type { ModelTransaction } from "../model-store/model-database.ts";
import type { CommandRow, ModelRow } from "../model-store/model-rows.ts";

/** What a command was when it was committed, and what became of it; it outlives a database that is lost. */
export interface CommandHistory {
  readonly first: CommandRow;
  /** True time. */
  readonly committedAtMs: number;
  readonly epoch: number;
  /** Who asked for its execution. */
  readonly who: string;
  readonly changes: { readonly row: CommandRow; readonly atMs: number }[];
}

export interface Sent {
  readonly atMs: number;
  readonly deviceId: number;
  readonly payload: string;
  readonly message: CommandMessage;
  readonly epoch: number;
  /** Whether a hello of the device had reached this server. */
  readonly isGreeted: boolean;
}

/** A violation of the contract, by the clause whose check has seen it; 0: something that is simply broken. */
export interface Found {
  readonly clause: number;
  readonly what: string;
}

/** Everything that a world has shown, for its judges. */
export class History {
  readonly commands = new Map<string, CommandHistory>();
  readonly sent: Sent[] = [];
  readonly found: Found[] = [];
  /** Fences that a device told in the last hello that was recorded, since the database was last lost. */
  readonly toldFences = new Map<number, Readonly<Record<string, number>>>();
  /** Databases so far. */
  epoch = 0;
  /** When databases were lost, in true time. */
  readonly lostAtMs: number[] = [];

  violation(clause: number, what: string): void {
    this.found.push({ clause, what });
  }

  keep(rows: readonly Change<ModelRow>[], atMs: number, whoAsked: (executionId: string) => string): void {
    for (const { after } of rows) {
      if (after.table !== "command") continue;
      const known = this.commands.get(after.id);
      if (known === undefined) {
        const who = whoAsked(after.executionId);
        this.commands.set(after.id, { first: after, committedAtMs: atMs, epoch: this.epoch, who, changes: [] });
      } else known.changes.push({ row: after, atMs });
    }
  }

  keepSent(atMs: number, deviceId: number, payload: string, isGreeted: boolean): void {
    this.sent.push({ atMs, deviceId, payload, message: parseCommand(payload), epoch: this.epoch, isGreeted });
  }

  /** As it was last committed, in whichever database. */
  lastOf(id: string): CommandRow | undefined {
    const known = this.commands.get(id);
    return known && (known.changes.at(-1)?.row ?? known.first);
  }

  loseDatabase(atMs: number): void {
    this.epoch += 1;
    this.lostAtMs.push(atMs);
    this.toldFences.clear();
  }
}

export interface Change<Row> {
  readonly before: Row | undefined;
  readonly after: Row;
}

export function changesOf(tx: ModelTransaction): readonly Change<ModelRow>[] {
  return tx.changes() as readonly Change<ModelRow>[];
}

export function isStartMessage(message: CommandMessage): message is StartMessage {
  return message.kind === "RUN" || message.kind === "DOSE";
}

import type { Pool, PoolClient } from "pg";
import type { RegistryChange, Requester } from "../devices/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import type { ObjectStore } from "../platform/object-store.ts";
import type { TelemetryReader } from "../telemetry/index.ts";
import type { PdfRenderer } from "./formats/pdf-renderer.ts";
import type { WaitingLine } from "./waiting-line.ts";

/** What the use cases of reports work with; made once by `main.ts`. */
export interface Reports {
  readonly pool: Pool;
  readonly telemetry: Pick<TelemetryReader, "aggregate" | "latestOf">;
  readonly objects: ObjectStore;
  readonly renderer: PdfRenderer;
  readonly answers: WaitingLine;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A random UUID. */
  readonly newId: () => string;
  /** Whether this installation has a mail service. */
  readonly sendsMail: boolean;
  /** Which of the addresses are confirmed ones of the organization's members, in lower case. */
  readonly findMemberAddresses: (
    client: PoolClient,
    organizationId: number,
    addresses: readonly string[],
  ) => Promise<readonly string[]>;
  /** How the world reaches us, for links in mails; without a slash at its end. */
  readonly publicUrl: string;
  /** Writes the audit trail in the transaction of the change. */
  readonly recordChange: (client: PoolClient, by: Requester, change: RegistryChange) => Promise<void>;
  /** A run is committed that may be claimed: a nudge to the worker in this process, if it has one. */
  readonly onRunQueued: () => void;
}

export function nowOf({ clock }: Pick<Reports, "clock">): Date {
  return new Date(Math.floor(clock.nowMicros() / 1000));
}

export function later(time: Date, ms: number): Date {
  return new Date(time.getTime() + ms);
}

import type { Clock } from "../platform/clock.ts";
import { type Probe, type Trouble, within } from "./probe.ts";

/** An answer that takes longer makes everything late. */
export const SLOW_DATABASE_MS = 1_000;
/** And one that takes longer than this is none. */
export const DATABASE_AWAY_MS = 3_000;
/** Below the first ingest is about to stop; below the second there are days left. */
export const CRITICAL_FREE_BYTES = 512 * 1024 ** 2;
export const LOW_FREE_BYTES = 2 * 1024 ** 3;
/** More than this between two looks is no drift. */
export const CLOCK_JUMP_MS = 2_000;
/** A jump is over at once; people shall still see it. */
export const CLOCK_JUMP_SHOWN_MS = 10 * 60_000;
/** A gateway beats every few seconds. */
export const SILENT_GATEWAY_MS = 30_000;
/** Readings are settled some minutes after their generation was closed, when nothing stands in the way. */
export const LONG_UNSETTLED_SECONDS = 2 * 3600;
/** Of one organization in a minute. */
export const REJECTED_FLOOD = 100;

/** Away or slow, as this process sees it. `ask` is a query that does nothing. */
export function databaseProbe(host: string, clock: Clock, ask: () => Promise<unknown>): Probe {
  return {
    source: `database:${host}`,
    forMs: 10_000,
    check: async () => {
      const askedMs = clock.monotonicMs();
      try {
        await within(clock, DATABASE_AWAY_MS, ask());
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        return [trouble("critical", `The database does not answer ${host}`, `The database does not answer: ${reason}`)];
      }
      const tookMs = Math.round(clock.monotonicMs() - askedMs);
      if (tookMs < SLOW_DATABASE_MS) return [];
      return [
        trouble("major", `The database is slow for ${host}`, `The database took ${tookMs} ms for nothing.`, tookMs),
      ];
    },
  };
}

/** `freeBytes` of the disk that holds the home. */
export function diskProbe(host: string, home: string, freeBytes: () => Promise<number>): Probe {
  return {
    source: `disk:${host}`,
    forMs: 10_000,
    check: async () => {
      const free = await freeBytes();
      if (free >= LOW_FREE_BYTES) return [];
      const severity = free < CRITICAL_FREE_BYTES ? "critical" : "major";
      const mebibytes = Math.floor(free / 1024 ** 2);
      const message = `Only ${mebibytes} MiB are free for ${home}: free some, a full disk stops ingest.`;
      return [trouble(severity, `The disk of ${host} is nearly full`, message, mebibytes)];
    },
  };
}

/** Compares the clock of the wall with the one that only goes on, between two looks. */
export function clockProbe(host: string, clock: Clock): Probe {
  let last: { readonly wallMs: number; readonly monotonicMs: number } | undefined;
  let jump: { readonly byMs: number; readonly seenMs: number } | undefined;
  return {
    source: `clock:${host}`,
    forMs: 0,
    check: async () => {
      const now = { wallMs: clock.nowMicros() / 1000, monotonicMs: clock.monotonicMs() };
      const byMs = last === undefined ? 0 : now.wallMs - last.wallMs - (now.monotonicMs - last.monotonicMs);
      last = now;
      if (Math.abs(byMs) > CLOCK_JUMP_MS) jump = { byMs, seenMs: now.monotonicMs };
      if (jump === undefined || now.monotonicMs - jump.seenMs > CLOCK_JUMP_SHOWN_MS) return [];
      const way = jump.byMs > 0 ? "forward" : "back";
      const seconds = Math.round(Math.abs(jump.byMs) / 1000);
      const message = `The clock of ${host} went ${way} by ${seconds} s: times of readings and schedules may be wrong.`;
      return [trouble("major", `The clock of ${host} jumped`, message, jump.byMs / 1000)];
    },
  };
}

/** `silentForMs`: how long ago any gateway last said that it lives; undefined when none is expected. */
export function gatewayProbe(silentForMs: () => Promise<number | undefined>): Probe {
  return {
    source: "gateway",
    forMs: 10_000,
    check: async () => {
      const silentMs = await silentForMs();
      if (silentMs === undefined || silentMs < SILENT_GATEWAY_MS) return [];
      const seconds = Math.round(silentMs / 1000);
      const message = `No gateway has said anything for ${seconds} s: no reading is stored, and no command is sent.`;
      return [trouble("critical", "The gateway is silent", message, seconds)];
    },
  };
}

export interface Settling {
  readonly generations: number;
  readonly parts: number;
  readonly error: string | null;
  readonly unsettled: number;
  readonly waitingSeconds: number;
}

/** Readings on their way into files. `generations` failed, and `parts` are files that are lost or damaged. */
export function settlingProbe(read: () => Promise<Settling>): Probe {
  return {
    source: "settling",
    forMs: 0,
    check: async () => {
      const { generations, parts, error, unsettled, waitingSeconds } = await read();
      if (parts > 0) {
        const message = `Files of ${parts} parts of settled readings are lost or damaged: restore them from a backup. ${error}`;
        return [trouble("critical", "Settled readings are lost or damaged", message, parts)];
      }
      if (generations > 0) {
        const message = `Readings cannot be settled and stay in the database, which grows: ${error}`;
        return [trouble("major", "Readings cannot be settled", message, unsettled)];
      }
      if (waitingSeconds < LONG_UNSETTLED_SECONDS) return [];
      const hours = Math.floor(waitingSeconds / 3600);
      const message = `${unsettled} generations of readings wait to be settled, the oldest for ${hours} hours: see whether a process with the role worker runs, and what its log says of settling.`;
      return [trouble("major", "Settling is behind", message, unsettled)];
    },
  };
}

/** How many there are of each organization; null: of none that is known. */
export type CountByOrganization = () => Promise<
  readonly { readonly organizationId: number | null; readonly count: number }[]
>;

/** What was given up in the last hour, and waits for a person to replay it. */
export function deadLettersProbe(what: "executions" | "deliveries", count: CountByOrganization): Probe {
  return {
    source: `dead-letters:${what}`,
    forMs: 0,
    check: async () =>
      troubleEach(await count(), 1, (dead) =>
        trouble(
          "major",
          `Dead ${what}`,
          `${dead} ${what} were given up in the last hour: see why, and replay them.`,
          dead,
        ),
      ),
  };
}

/** Alerts of rules that the worker on a host could not write in the last hour. */
export function lostAlertsProbe(host: string, count: () => number): Probe {
  return {
    source: `lost-alerts:${host}`,
    forMs: 0,
    check: async () => {
      const lost = count();
      if (lost === 0) return [];
      const message = `${lost} alerts could not be written in the last hour, and nobody was told: see the log of ${host}.`;
      return [trouble("critical", `Alerts are lost on ${host}`, message, lost)];
    },
  };
}

/** Messages that could not be stored in the last minute. */
export function rejectedProbe(count: CountByOrganization): Probe {
  return {
    source: "rejected-messages",
    forMs: 0,
    check: async () =>
      troubleEach(await count(), REJECTED_FLOOD, (rejected) => {
        const message = `${rejected} messages were rejected in the last minute: see why in the rejected messages.`;
        return trouble("major", "Many messages are rejected", message, rejected);
      }),
  };
}

function trouble(severity: Trouble["severity"], title: string, message: string, value?: number): Trouble {
  return { severity, title, message, ...(value === undefined ? {} : { value }) };
}

function troubleEach(
  counts: Awaited<ReturnType<CountByOrganization>>,
  least: number,
  describe: (count: number) => Trouble,
): Trouble[] {
  return counts
    .filter(({ count }) => count >= least)
    .map(({ organizationId, count }) => ({
      ...describe(count),
      ...(organizationId === null ? {} : { organizationId }),
    }));
}

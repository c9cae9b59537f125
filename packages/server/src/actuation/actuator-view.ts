import type { CommandState } from "@sluice/core/commands/command.ts";
import type { SafeState } from "@sluice/core/commands/messages.ts";
import type { DayUse } from "@sluice/core/safety/daily-budget.ts";
import type { ActuatorMode } from "@sluice/core/safety/decide.ts";
import type { Envelope, Permissive } from "@sluice/core/safety/envelope.ts";
import { type DaysRow, daysOf } from "./situation-store.ts";

export type ActuatorStatus = "IDLE" | "RUNNING" | "COOLDOWN" | "ERROR" | "UNKNOWN" | "HELD";

export interface ActuatorView {
  readonly id: number;
  readonly key: string;
  readonly kind: string;
  /** Uid. */
  readonly device: string;
  /** Slug. */
  readonly site: string;
  readonly status: ActuatorStatus;
  readonly mode: ActuatorMode;
  /** Who locked it out; null in the other modes. */
  readonly lockedBy: string | null;
  readonly hold: HoldView | null;
  readonly trip: OpenTripView | null;
  readonly siteStop: SiteStopView | null;
  readonly lastActivationAt: Date | null;
  readonly totalActivations: number;
  readonly cooldownUntil: Date | null;
  readonly envelope: EnvelopeView;
  readonly interlockGroup: string | null;
  /** It may be commanded although its device says no hello and checks no fence. */
  readonly unfenced: boolean;
  readonly unfencedAllowedBy: string | null;
  readonly setPoint: { readonly value: number; readonly unit: string | null } | null;
  /** What is left of the present day of its site; null without a daily limit. */
  readonly budget: BudgetView | null;
  /** The RUN or DOSE that may be on, or may yet go on. */
  readonly live: { readonly command: string; readonly state: CommandState; readonly endsAtLatest: Date } | null;
  /** The longest waiting execution, and why it waits. */
  readonly waiting: WaitingView | null;
  /** What the device last said of its output; null before it said anything. */
  readonly observed: { readonly state: "on" | "off"; readonly at: Date } | null;
  /** A driver's fault that the device told. */
  readonly fault: string | null;
  readonly connected: boolean;
}

/** All that holds it. A person's own hold ends by a release, a trip's by its reset, and a site's with the stop of the site. */
export interface HoldView {
  readonly ids: readonly string[];
  readonly by: string;
  readonly reason: string | null;
  readonly since: Date;
  readonly origins: readonly ("person" | "site" | "trip")[];
}

export interface OpenTripView {
  readonly id: string;
  /** First-out. */
  readonly cause: string;
  readonly message: string | null;
  readonly by: string;
  readonly at: Date;
  readonly causes: number;
  readonly lastCause: string;
  readonly lastAt: Date;
}

export interface SiteStopView {
  readonly id: string;
  readonly by: string;
  readonly at: Date;
  readonly reason: string | null;
}

export interface BudgetView {
  readonly startsToday: number;
  readonly runMsToday: number;
  /** Null where that is not limited. */
  readonly startsLeft: number | null;
  readonly runMsLeft: number | null;
  readonly dayEndsAt: Date;
}

export interface WaitingView {
  readonly execution: string;
  readonly reason: string | null;
  readonly message: string | null;
  /** When it is decided again at the latest; null: as soon as possible. */
  readonly until: Date | null;
}

/** Every limit, null where there is none. */
export type EnvelopeView = { readonly [Field in keyof Envelope]-?: NonNullable<Envelope[Field]> | null } & {
  readonly maxRunMs: number;
  readonly cooldownMs: number;
  readonly safeState: SafeState;
  readonly permissives: readonly Permissive[];
};

/** Times inside JSON are microseconds. */
type Told<View> = { [Field in keyof View]: Date extends View[Field] ? ToldTime<View[Field]> : View[Field] };
type ToldTime<Time> = number | (null extends Time ? null : never);
type Objects = Pick<ActuatorView, "hold" | "trip" | "siteStop" | "live" | "waiting" | "observed">;

/** As the statement gives it. */
export type ActuatorRow = Omit<ActuatorView, keyof Objects | "budget"> & {
  [Field in keyof Objects]: Told<NonNullable<Objects[Field]>> | null;
} & DaysRow;

export function viewOf({ midnights, charges, ...row }: ActuatorRow): ActuatorView {
  const { hold, trip, siteStop, live, waiting, observed } = row;
  return {
    ...row,
    hold: hold && { ...hold, since: dateOf(hold.since) },
    trip: trip && { ...trip, at: dateOf(trip.at), lastAt: dateOf(trip.lastAt) },
    siteStop: siteStop && { ...siteStop, at: dateOf(siteStop.at) },
    live: live && { ...live, endsAtLatest: dateOf(live.endsAtLatest) },
    waiting: waiting && { ...waiting, until: waiting.until === null ? null : dateOf(waiting.until) },
    observed: observed && { ...observed, at: dateOf(observed.at) },
    budget: budgetOf(row.envelope, daysOf({ midnights, charges })[0]),
  };
}

function dateOf(micros: number): Date {
  return new Date(micros / 1000);
}

function budgetOf({ maxStartsPerDay, maxRunMsPerDay }: EnvelopeView, today: DayUse | undefined): BudgetView | null {
  if (today === undefined) return null;
  const runMsToday = Math.ceil(today.runMs);
  return {
    startsToday: today.starts,
    runMsToday,
    startsLeft: maxStartsPerDay === null ? null : Math.max(0, maxStartsPerDay - today.starts),
    runMsLeft: maxRunMsPerDay === null ? null : Math.max(0, maxRunMsPerDay - runMsToday),
    dayEndsAt: dateOf(today.endMicros),
  };
}

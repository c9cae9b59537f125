/**
 * An alert is what people are told of a condition: one per rule and device (or per source within Sluice), however many readings
 * say so.
 *
 *   inactive → pending     the condition holds, but not yet for long enough; nobody is told
 *   pending  → inactive    it lapsed, and nothing has happened
 *   inactive → firing      also from pending: people are told
 *   firing   → resolved    the condition has ended
 *   resolved → firing      while it is still open: the same alert, counted up, to be acknowledged anew
 *   resolved → closed      at once; but latched only when acknowledged or cleared, and shelved only when the shelf has ended
 *
 * Acknowledging and shelving change no phase: the first says that somebody cares, the second that nobody is to be told for a
 * while. What is closed is history. The terms are those of ISA-18.2 (latched, shelved, first-out, re-alarm).
 *
 * All functions are pure. What comes from the pipeline is never refused, only without effect where it is old; what a person asks
 * is refused with the reason where it is not possible.
 */
import { SluiceError } from "../errors.ts";

export type AlertPhase = "pending" | "firing" | "resolved";

/** An alert that is inactive has no state. */
export interface AlertState {
  readonly phase: AlertPhase;
  /** False: closed for good, and the next episode begins another alert. */
  readonly isOpen: boolean;
  /** The episode that opened it, and the newest that it has seen. */
  readonly firstEpisode: number;
  readonly episode: number;
  /** How often it has fired. */
  readonly occurrences: number;
  readonly isLatched: boolean;
  readonly isAcknowledged: boolean;
  readonly shelvedUntilMicros: number | undefined;
}

/** One line of an alert's trail. */
export type AlertEvent =
  | "fired"
  | "resolved"
  | "acknowledged"
  | "cleared"
  | "shelved"
  | "unshelved"
  | "re-alarmed"
  | "commented";

export interface AlertStep {
  /** The very same object when nothing happened; undefined when it is inactive (again). */
  readonly after: AlertState | undefined;
  readonly event: AlertEvent | undefined;
  /** Whether the event is told outside. */
  readonly isTold: boolean;
}

/** Longer than a week is not "for a while": change or disable the rule. */
export const MAX_SHELF_MS = 7 * 86_400_000;

/** The condition of an episode holds, and has to hold for longer before it fires. */
export function beginPending(before: AlertState | undefined, episode: number): AlertStep {
  if (before?.isOpen) return unchanged(before);
  return { after: opened("pending", episode, 0, false), event: undefined, isTold: false };
}

/** An episode fires. The policy is the rule's at this time. */
export function fire(
  before: AlertState | undefined,
  episode: number,
  policy: { readonly isLatched: boolean },
): AlertStep {
  if (!before?.isOpen) return told(opened("firing", episode, 1, policy.isLatched), "fired");
  const isOld = before.phase === "pending" ? episode < before.episode : episode <= before.episode;
  if (isOld) return unchanged(before);
  const after: AlertState = {
    ...before,
    phase: "firing",
    episode,
    occurrences: before.occurrences + 1,
    isLatched: policy.isLatched,
    isAcknowledged: false,
  };
  return told(after, "fired");
}

/** An episode has ended. One that never fired leaves nothing behind. */
export function resolve(before: AlertState | undefined, episode: number): AlertStep {
  if (!before?.isOpen || episode < before.episode || before.phase === "resolved") return unchanged(before);
  if (before.phase === "pending") return { after: undefined, event: undefined, isTold: false };
  return told(closedIfDone({ ...before, phase: "resolved" }), "resolved");
}

/** Throws `alert.closed`, `alert.pending` or `alert.acknowledged`. */
export function acknowledge(before: AlertState): AlertStep {
  assertActionable(before);
  if (before.isAcknowledged) throw refused("alert.acknowledged", "It has been acknowledged already.");
  return told(closedIfDone({ ...before, isAcknowledged: true }), "acknowledged");
}

/** Ends what stays open although its condition is over. Throws `alert.closed`, `alert.pending` or `alert.firing`. */
export function clear(before: AlertState): AlertStep {
  assertActionable(before);
  if (before.phase === "firing") {
    throw refused("alert.firing", "Its condition still holds, so it cannot be cleared: acknowledge or shelve it.");
  }
  const after: AlertState = { ...before, isOpen: false, shelvedUntilMicros: undefined };
  return { after, event: "cleared", isTold: before.shelvedUntilMicros === undefined };
}

/** Nobody is told of it until then. Throws `alert.closed`, `alert.pending` or `alert.shelf_invalid`. */
export function shelve(before: AlertState, untilMicros: number, nowMicros: number): AlertStep {
  assertActionable(before);
  const lengthMs = (untilMicros - nowMicros) / 1000;
  if (!(lengthMs > 0 && lengthMs <= MAX_SHELF_MS)) {
    const message = `A shelf ends in the future, and at most ${MAX_SHELF_MS / 86_400_000} days from now.`;
    throw new SluiceError("invalid", "alert.shelf_invalid", message, { details: { maxShelfMs: MAX_SHELF_MS } });
  }
  return { after: { ...before, shelvedUntilMicros: untilMicros }, event: "shelved", isTold: false };
}

/** A person ends the shelf. Throws `alert.closed`, `alert.pending` or `alert.not_shelved`. */
export function unshelve(before: AlertState): AlertStep {
  assertActionable(before);
  if (before.shelvedUntilMicros === undefined) throw refused("alert.not_shelved", "It is not shelved.");
  return takeFromShelf(before);
}

/** Time has ended the shelf, if it has. */
export function endShelf(before: AlertState, nowMicros: number): AlertStep {
  const { shelvedUntilMicros } = before;
  if (!before.isOpen || shelvedUntilMicros === undefined || shelvedUntilMicros > nowMicros) return unchanged(before);
  return takeFromShelf(before);
}

/** It fires, and still nobody has acknowledged it. */
export function reAlarm(before: AlertState): AlertStep {
  if (!needsAttention(before)) return unchanged(before);
  return { after: before, event: "re-alarmed", isTold: true };
}

/** Also of what is closed: what was found later belongs to it. Throws `alert.pending`. */
export function comment(before: AlertState): AlertStep {
  assertNotPending(before);
  return { after: before, event: "commented", isTold: false };
}

/** It fires, nobody has said that they care, and nobody has put it aside. */
export function needsAttention(alert: AlertState): boolean {
  return alert.isOpen && alert.phase === "firing" && !alert.isAcknowledged && alert.shelvedUntilMicros === undefined;
}

function opened(phase: AlertPhase, episode: number, occurrences: number, isLatched: boolean): AlertState {
  return {
    phase,
    isOpen: true,
    firstEpisode: episode,
    episode,
    occurrences,
    isLatched,
    isAcknowledged: false,
    shelvedUntilMicros: undefined,
  };
}

/** What comes back still open says so. */
function takeFromShelf(before: AlertState): AlertStep {
  const after = closedIfDone({ ...before, shelvedUntilMicros: undefined });
  return { after, event: "unshelved", isTold: after.isOpen };
}

function closedIfDone(alert: AlertState): AlertState {
  const isHeld = alert.shelvedUntilMicros !== undefined || (alert.isLatched && !alert.isAcknowledged);
  return alert.phase !== "resolved" || isHeld ? alert : { ...alert, isOpen: false };
}

/** What is shelved is told to nobody. */
function told(after: AlertState, event: AlertEvent): AlertStep {
  return { after, event, isTold: after.shelvedUntilMicros === undefined };
}

function unchanged(alert: AlertState | undefined): AlertStep {
  return { after: alert, event: undefined, isTold: false };
}

function assertActionable(alert: AlertState): void {
  if (!alert.isOpen) throw refused("alert.closed", "The alert is closed: it is history now.");
  assertNotPending(alert);
}

function assertNotPending(alert: AlertState): void {
  if (alert.phase === "pending") throw refused("alert.pending", "It does not fire yet: it may lapse by itself.");
}

function refused(code: string, message: string): SluiceError {
  return new SluiceError("conflict", code, message);
}

/** Older than this, a reading is no longer shown as the present. */
const STALE_AFTER_MS = 10 * 60_000;

export function isStale(at, nowMs) {
  return at === null || nowMs - Date.parse(at) > STALE_AFTER_MS;
}

export function countText(count, thing) {
  return `${count} ${count === 1 ? thing : `${thing}s`}`;
}

/** Errors without a status come from the network. */
export function troubleText(error) {
  return error.status === undefined ? "The server does not answer." : error.message;
}

export function ageOf(thenText, nowMs) {
  const seconds = Math.max(0, Math.round((nowMs - Date.parse(thenText)) / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} days ago`;
}

export function untilText(thenText, nowMs) {
  const seconds = Math.ceil((Date.parse(thenText) - nowMs) / 1000);
  if (seconds <= 0) return "any moment";
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}

export function timeText(date) {
  return date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

/** With the digits that mean something: the metric's own precision, else six significant ones. */
export function numberText(value, precision) {
  const digits =
    precision === null
      ? { maximumSignificantDigits: 6 }
      : { minimumFractionDigits: precision, maximumFractionDigits: precision };
  return value.toLocaleString(undefined, digits);
}

/** The words of an actuator's state, and whether they are abnormal. */
export function actuatorState(actuator, nowMs) {
  const { status, cooldownUntil, connected } = actuator;
  switch (status) {
    case "RUNNING":
      return { text: "Running" };
    case "COOLDOWN":
      return { text: `Resting, ready in ${untilText(cooldownUntil, nowMs)}` };
    case "HELD":
      return { text: heldText(actuator), isAbnormal: true };
    case "UNKNOWN":
      return { text: "Unknown: the device has not said what it did", isAbnormal: true };
    case "ERROR":
      return { text: "Fault", isAbnormal: true };
    default:
      return connected === false ? { text: "Not connected", isAbnormal: true } : { text: "Ready" };
  }
}

/** Of a trip the first cause: what came after it is mostly its consequence. */
function heldText({ trip, siteStop, hold }) {
  if (trip) return `Tripped: ${trip.message ?? trip.cause}${trip.causes > 1 ? `, then ${trip.causes - 1} more` : ""}`;
  if (siteStop) return siteStopText(siteStop);
  return hold?.reason ? `Stopped and held: ${hold.reason}` : "Stopped and held";
}

export function siteStopText({ reason }) {
  return reason ? `The whole site is stopped: ${reason}` : "The whole site is stopped";
}

/** Nothing in the mode auto, which is the usual one. */
export function modeText({ mode, lockedBy }) {
  if (mode === "locked-out") return { text: `Locked out by ${lockedBy}`, isAbnormal: true };
  return mode === "manual" ? { text: "Manual: only people start it" } : undefined;
}

export function waitingText({ message, until }, nowMs) {
  const why = message ? `A run waits: ${message}` : "A run waits to be decided.";
  return until ? `${why} Next decision: ${untilText(until, nowMs)}.` : why;
}

export function observedText(observed, nowMs) {
  if (!observed) return "The device has not said anything about it yet.";
  return `The device says: ${observed.state}, ${ageOf(observed.at, nowMs)}.`;
}

const COMMAND_WORDS = {
  QUEUED: "waits for the device",
  DISPATCHING: "sent, not confirmed yet",
  ACCEPTED: "accepted by the device",
  RUNNING: "running",
  COMPLETED: "done",
  ABORTED: "ended early",
  INTERRUPTED: "interrupted by a restart of the device",
  REJECTED: "refused by the device",
  NOT_EXECUTED: "proven not to have run",
  EXPIRED: "expired before it reached the device",
  CANCELLED: "cancelled",
  UNKNOWN: "unknown: no answer from the device",
  UNKNOWN_CLOSED: "never confirmed",
};
const ABNORMAL_STATES = new Set(["REJECTED", "INTERRUPTED", "EXPIRED", "UNKNOWN", "UNKNOWN_CLOSED"]);

export function commandState({ state, ranMs, reason }) {
  const ran = typeof ranMs === "number" ? `, ran ${(ranMs / 1000).toFixed(1)} s` : "";
  const why = reason ? ` (${reason})` : "";
  return { text: `${COMMAND_WORDS[state] ?? state}${ran}${why}`, isAbnormal: ABNORMAL_STATES.has(state) };
}

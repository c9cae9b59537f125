/**
 * The life of a command.
 *
 *   QUEUED      → CANCELLED | EXPIRED | DISPATCHING      committed before anything is published
 *   DISPATCHING → ACCEPTED | REJECTED | UNKNOWN          UNKNOWN: the deadline passed in silence
 *   ACCEPTED    → RUNNING → COMPLETED | ABORTED | INTERRUPTED | UNKNOWN
 *   UNKNOWN     → what evidence proves | NOT_EXECUTED (the journal proves it) | UNKNOWN_CLOSED (the worst case has passed)
 *
 * Evidence may be lost, doubled or reordered, so a live command also skips ahead (DISPATCHING → COMPLETED) and never goes
 * back. The trigger on the table `command` holds the same arrows; a test compares the two.
 */
export type CommandKind = "RUN" | "DOSE" | "SET" | "STOP";

export type CommandState =
  | "QUEUED"
  | "DISPATCHING"
  | "ACCEPTED"
  | "RUNNING"
  | "UNKNOWN"
  | "COMPLETED"
  | "ABORTED"
  | "INTERRUPTED"
  | "REJECTED"
  | "NOT_EXECUTED"
  | "EXPIRED"
  | "CANCELLED"
  | "UNKNOWN_CLOSED";

/** What a device can prove about a command. */
export type EvidenceState = "ACCEPTED" | "RUNNING" | "COMPLETED" | "ABORTED" | "INTERRUPTED" | "REJECTED";

export const EVIDENCE_STATES: readonly EvidenceState[] = [
  "ACCEPTED",
  "RUNNING",
  "COMPLETED",
  "ABORTED",
  "INTERRUPTED",
  "REJECTED",
];

/** A RUN or DOSE in one of these may be energising its actuator, or may yet do so. */
export const LIVE_STATES: readonly CommandState[] = ["QUEUED", "DISPATCHING", "ACCEPTED", "RUNNING", "UNKNOWN"];

const ENDED: readonly CommandState[] = ["COMPLETED", "ABORTED", "INTERRUPTED"];

const NEXT_STATES: Readonly<Record<CommandState, readonly CommandState[]>> = {
  QUEUED: ["CANCELLED", "EXPIRED", "DISPATCHING"],
  DISPATCHING: ["ACCEPTED", "REJECTED", "RUNNING", ...ENDED, "NOT_EXECUTED", "UNKNOWN"],
  ACCEPTED: ["RUNNING", ...ENDED, "UNKNOWN"],
  RUNNING: [...ENDED, "UNKNOWN"],
  UNKNOWN: ["ACCEPTED", "REJECTED", "RUNNING", ...ENDED, "NOT_EXECUTED", "UNKNOWN_CLOSED"],
  COMPLETED: [],
  ABORTED: [],
  INTERRUPTED: [],
  REJECTED: [],
  NOT_EXECUTED: [],
  EXPIRED: [],
  CANCELLED: [],
  UNKNOWN_CLOSED: [],
};

export function mayFollow(from: CommandState, to: CommandState): boolean {
  return NEXT_STATES[from].includes(to);
}

export function isLive(state: CommandState): boolean {
  return LIVE_STATES.includes(state);
}

/** The state after evidence; the same state when the evidence proves nothing new. */
export function afterEvidence(state: CommandState, evidence: EvidenceState): CommandState {
  return mayFollow(state, evidence) ? evidence : state;
}

/** What an ended command does to the windows that were reserved for it. */
export type Refund = "whole" | "shrink" | "none";

/** Only proof refunds: silence (UNKNOWN_CLOSED) keeps the full charge. */
export function refundOf(state: CommandState): Refund {
  switch (state) {
    case "REJECTED":
    case "NOT_EXECUTED":
    case "EXPIRED":
    case "CANCELLED":
      return "whole";
    case "COMPLETED":
    case "ABORTED":
    case "INTERRUPTED":
      return "shrink";
    default:
      return "none";
  }
}

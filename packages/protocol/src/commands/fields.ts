import { EVIDENCE_STATES, type EvidenceState } from "@sluice/core/commands/command.ts";
import { LONGEST_COOLDOWN_MS, LONGEST_RUN_MS } from "@sluice/core/safety/envelope.ts";
import Type from "typebox";

/** Fields that several messages share, with their limits. Integers stay within what a double holds exactly. */
export const id = Type.String({ minLength: 1, maxLength: 64 });
export const actuatorKey = Type.String({ minLength: 1, maxLength: 63 });
export const bootId = Type.String({ minLength: 1, maxLength: 64 });
export const fence = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
export const durationMs = Type.Integer({ minimum: 1, maximum: LONGEST_RUN_MS });
/** Between an OFF and the next ON. */
export const pauseMs = Type.Integer({ minimum: 0, maximum: LONGEST_COOLDOWN_MS });
export const reason = Type.String({ maxLength: 200 });
/** Monotonic milliseconds; devices may count finer. */
export const mono = Type.Number({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
/** Of time that has passed; devices may count finer. */
export const elapsedMs = Type.Number({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
export const unit = Type.String({ minLength: 1, maxLength: 16 });
/** What a meter has counted. */
export const countedAmount = Type.Number({ minimum: 0 });

/** Written in capitals; small letters are understood too. */
export const evidenceState = Type.Union(
  EVIDENCE_STATES.flatMap((state) => [Type.Literal(state), Type.Literal(state.toLowerCase())]),
);

export function asEvidenceState(text: string): EvidenceState {
  return text.toUpperCase() as EvidenceState;
}

/** Leaves fields out that are not there, as optional properties want it. */
export function present<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

import { EVIDENCE_STATES, type EvidenceState } from "@sluice/core/commands/command.ts";
import Type from "typebox";

/** Fields that several messages share, with their limits. Integers stay within what a double holds exactly. */
export const id = Type.String({ minLength: 1, maxLength: 64 });
export const actuatorKey = Type.String({ minLength: 1, maxLength: 63 });
export const bootId = Type.String({ minLength: 1, maxLength: 64 });
export const fence = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
export const durationMs = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
export const reason = Type.String({ maxLength: 200 });
/** Monotonic milliseconds; devices may count finer. */
export const mono = Type.Number({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

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

import type { EvidenceMessage } from "@sluice/core/commands/messages.ts";
import Type from "typebox";
import {
  actuatorKey,
  asEvidenceState,
  bootId,
  countedAmount,
  elapsedMs,
  evidenceState,
  fence,
  id,
  mono,
  present,
  reason,
} from "./fields.ts";
import { messageReader } from "./json-message.ts";

/** `devices/{uid}/evidence`, device to server. */
const readEvidence = messageReader(
  "evidence",
  Type.Object({
    id,
    actuator: actuatorKey,
    fence: Type.Optional(fence),
    state: evidenceState,
    reason: Type.Optional(reason),
    bootId: Type.Optional(bootId),
    mono: Type.Optional(mono),
    ranMs: Type.Optional(elapsedMs),
    amount: Type.Optional(countedAmount),
  }),
);

/** Throws `evidence.invalid`. A device that keeps no boots may leave them out. */
export function parseEvidence(text: string): EvidenceMessage {
  const { id, actuator, state, bootId, mono, fence, reason, ranMs, amount } = readEvidence(text);
  const sure = { id, actuator, state: asEvidenceState(state), bootId: bootId ?? "", monoMs: mono ?? 0 };
  return { ...sure, ...present({ fence, reason, ranMs, amount }) };
}

export function encodeEvidence({ monoMs, ...same }: EvidenceMessage): string {
  return JSON.stringify({ ...same, mono: monoMs });
}

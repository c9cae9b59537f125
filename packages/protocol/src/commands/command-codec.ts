import type { CommandMessage } from "@sluice/core/commands/messages.ts";
import { SluiceError } from "@sluice/core/errors.ts";
import Type from "typebox";
import { jsonTimeMicros } from "../readings/time.ts";
import { actuatorKey, bootId, durationMs, fence, id, mono, present, reason } from "./fields.ts";
import { messageReader } from "./json-message.ts";

/** `devices/{uid}/command`, server to device. A device that does not know a kind leaves the command unanswered. */
const base = { id, actuator: actuatorKey };

const run = Type.Object({
  ...base,
  kind: Type.Literal("RUN"),
  fence,
  durationMs,
  cooldownMs: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
  bootId: Type.Optional(bootId),
  validUntilMono: Type.Optional(mono),
  expiresAt: Type.Optional(Type.Union([Type.String({ maxLength: 40 }), Type.Number()])),
});
const stop = Type.Object({
  ...base,
  kind: Type.Literal("STOP"),
  fence: Type.Optional(fence),
  reason: Type.Optional(reason),
});
const set = Type.Object({ ...base, kind: Type.Literal("SET"), fence, release: Type.Array(id, { maxItems: 64 }) });

const readCommand = messageReader("command", Type.Union([run, stop, set]));

/** Throws `command.invalid`. */
export function parseCommand(text: string): CommandMessage {
  const { id, actuator, ...rest } = readCommand(text);
  if (rest.kind === "STOP") return present({ id, actuator, kind: rest.kind, fence: rest.fence, reason: rest.reason });
  if (rest.kind === "SET") return { id, actuator, kind: rest.kind, fence: rest.fence, release: rest.release };
  return present({
    id,
    actuator,
    kind: rest.kind,
    fence: rest.fence,
    durationMs: rest.durationMs,
    cooldownMs: rest.cooldownMs ?? 0,
    bootId: rest.bootId,
    validUntilMonoMs: rest.validUntilMono,
    expiresAtMicros: rest.expiresAt === undefined ? undefined : timeOf(rest.expiresAt),
  });
}

/** The exact bytes are stored with the command: a retransmission sends them again. */
export function encodeCommand(message: CommandMessage): string {
  if (message.kind !== "RUN") return JSON.stringify(message);
  const { validUntilMonoMs, expiresAtMicros, ...same } = message;
  return JSON.stringify({ ...same, validUntilMono: validUntilMonoMs, expiresAt: textOf(expiresAtMicros) });
}

/** Cut to milliseconds, so never later than what was meant. */
function textOf(timeMicros: number | undefined): string | undefined {
  return timeMicros === undefined ? undefined : new Date(Math.floor(timeMicros / 1000)).toISOString();
}

function timeOf(time: string | number): number {
  const micros = jsonTimeMicros(time);
  if (typeof micros === "number") return micros;
  throw new SluiceError("invalid", "command.invalid", "The field /expiresAt is no time.", {
    details: { at: "/expiresAt" },
  });
}

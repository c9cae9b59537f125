import type { CommandMessage, StartMessage } from "@sluice/core/commands/messages.ts";
import Type, { type Static } from "typebox";
import { jsonTimeMicros } from "../readings/time.ts";
import { actuatorKey, bootId, durationMs, fence, id, mono, pauseMs, present, reason, unit } from "./fields.ts";
import { invalid, taggedMessageReader } from "./json-message.ts";

/** `devices/{uid}/command`, server to device. A device that does not know a kind leaves the command unanswered. */
const base = { id, actuator: actuatorKey };

/** Whether an amount is one that the device can count out is for the device to say, with a reason. */
const starting = {
  ...base,
  fence,
  durationMs,
  cooldownMs: Type.Optional(pauseMs),
  override: Type.Optional(Type.Boolean()),
  bootId: Type.Optional(bootId),
  validUntilMono: Type.Optional(mono),
  expiresAt: Type.Optional(Type.Union([Type.String({ maxLength: 40 }), Type.Number()])),
};
const run = Type.Object({ ...starting, kind: Type.Literal("RUN") });
const dose = Type.Object({ ...starting, kind: Type.Literal("DOSE"), amount: Type.Number(), unit });
const stop = Type.Object({
  ...base,
  kind: Type.Literal("STOP"),
  fence: Type.Optional(fence),
  reason: Type.Optional(reason),
});
const set = Type.Object({
  ...base,
  kind: Type.Literal("SET"),
  fence,
  release: Type.Optional(Type.Array(id, { maxItems: 64 })),
  value: Type.Optional(Type.Number()),
  unit: Type.Optional(unit),
});

const readCommand = taggedMessageReader("command", "kind", { RUN: run, DOSE: dose, STOP: stop, SET: set });

/** Throws `command.invalid`. */
export function parseCommand(text: string): CommandMessage {
  const message = readCommand(text);
  const { id, actuator, kind } = message;
  if (kind === "STOP") return present({ id, actuator, kind, fence: message.fence, reason: message.reason });
  if (kind === "RUN") return { kind, ...startOf(message) };
  if (kind === "DOSE") return { kind, ...startOf(message), amount: message.amount, unit: message.unit };
  const { fence, release = [], value, unit } = message;
  return { id, actuator, kind, fence, release, ...present({ value, unit }) };
}

function startOf(message: Static<typeof run> | Static<typeof dose>): Omit<StartMessage, "kind"> {
  const { id, actuator, fence, durationMs, cooldownMs = 0, override, bootId, validUntilMono, expiresAt } = message;
  return present({
    id,
    actuator,
    fence,
    durationMs,
    cooldownMs,
    override: override ? (true as const) : undefined,
    bootId,
    validUntilMonoMs: validUntilMono,
    expiresAtMicros: expiresAt === undefined ? undefined : timeOf(expiresAt),
  });
}

/** The exact bytes are stored with the command: a retransmission sends them again. */
export function encodeCommand(message: CommandMessage): string {
  if (message.kind === "STOP" || message.kind === "SET") return JSON.stringify(message);
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
  throw invalid("command", "/expiresAt", "no time");
}

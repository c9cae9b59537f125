import type { CommandKind } from "@sluice/core/commands/command.ts";
import type { DeviceConfigMessage, DeviceLimits, HelloMessage, JournalEntry } from "@sluice/core/commands/messages.ts";
import { LONGEST_RUN_MS } from "@sluice/core/safety/envelope.ts";
import Type, { type Static } from "typebox";
import {
  actuatorKey,
  asEvidenceState,
  bootId,
  countedAmount,
  durationMs,
  elapsedMs,
  evidenceState,
  fence,
  id,
  mono,
  pauseMs,
  present,
  reason,
  unit,
} from "./fields.ts";
import { invalid, messageReader } from "./json-message.ts";

/** `devices/{uid}/hello`, device to server, and the answer on `devices/{uid}/config`. */
const journalEntry = Type.Object({
  id,
  actuator: actuatorKey,
  kind: Type.Optional(
    Type.Union([Type.Literal("RUN"), Type.Literal("DOSE"), Type.Literal("SET"), Type.Literal("STOP")]),
  ),
  fence: Type.Optional(fence),
  state: evidenceState,
  reason: Type.Optional(reason),
  bootId: Type.Optional(bootId),
  ranMs: Type.Optional(elapsedMs),
  amount: Type.Optional(countedAmount),
});

/** Actuators that one device may have, and entries that its journal may list. */
export const MAX_DEVICE_ACTUATORS = 64;
export const MAX_JOURNAL_LENGTH = 1_024;

const persistedFence = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const fencesByActuator = Type.Record(Type.String(), persistedFence, { maxProperties: MAX_DEVICE_ACTUATORS });

const readHello = messageReader(
  "hello",
  Type.Object({
    bootId: Type.Optional(bootId),
    mono: Type.Optional(mono),
    fences: Type.Optional(fencesByActuator),
    forgotten: Type.Optional(fencesByActuator),
    safe: Type.Optional(Type.Array(actuatorKey, { maxItems: MAX_DEVICE_ACTUATORS })),
    holds: Type.Optional(Type.Array(Type.Object({ actuator: actuatorKey, id }), { maxItems: MAX_JOURNAL_LENGTH })),
    journal: Type.Optional(Type.Array(journalEntry, { maxItems: MAX_JOURNAL_LENGTH })),
    configVersion: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
  }),
);

/** Throws `hello.invalid`. Everything may be left out; a boot and its time only together. */
export function parseHello(text: string): HelloMessage {
  const { bootId, mono, fences, forgotten, safe, holds, journal, configVersion } = readHello(text);
  if (bootId === undefined && mono !== undefined) throw invalid("hello", "/bootId", "a time needs its boot");
  if (bootId !== undefined && mono === undefined) throw invalid("hello", "/mono", "a boot needs its time");
  return {
    ...present({ bootId, monoMs: mono }),
    fences: fences ?? {},
    forgotten: forgotten ?? {},
    safe: safe ?? [],
    holds: (holds ?? []).map(({ actuator, id }) => ({ actuator, id })),
    journal: (journal ?? []).map((entry) => journalOf(entry, bootId ?? "")),
    configVersion: configVersion ?? 0,
  };
}

function journalOf(entry: Static<typeof journalEntry>, helloBootId: string): JournalEntry {
  const { id, actuator, fence, reason, ranMs, amount } = entry;
  const kind: CommandKind = entry.kind ?? "RUN";
  const sure = { id, actuator, kind, state: asEvidenceState(entry.state), bootId: entry.bootId ?? helloBootId };
  return { ...sure, ...present({ fence, reason, ranMs, amount }) };
}

export function encodeHello({ monoMs, ...same }: HelloMessage): string {
  return JSON.stringify({ ...same, mono: monoMs });
}

const limits = Type.Object({
  maxRunMs: durationMs,
  cooldownMs: pauseMs,
  minOffMs: Type.Optional(pauseMs),
  linkLossMs: Type.Optional(Type.Integer({ minimum: 0, maximum: LONGEST_RUN_MS })),
  interlockGroup: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  safeState: Type.Optional(Type.Union([Type.Literal("off"), Type.Literal("on"), Type.Literal("local")])),
  maxDose: Type.Optional(Type.Object({ amount: Type.Number({ exclusiveMinimum: 0 }), unit })),
});

const readConfig = messageReader(
  "config",
  Type.Object({
    ask: Type.Optional(Type.Literal("hello")),
    version: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
    actuators: Type.Optional(Type.Record(Type.String(), limits, { maxProperties: MAX_DEVICE_ACTUATORS })),
  }),
);

/** What the server says on `/config`: limits to keep, or a question. */
export type ConfigMessage = { readonly ask: "hello" } | DeviceConfigMessage;

/** Throws `config.invalid`. */
export function parseConfig(text: string): ConfigMessage {
  const { ask, version, actuators } = readConfig(text);
  if (ask !== undefined) return { ask };
  const known = Object.entries(actuators ?? {}).map(([key, given]) => [key, limitsOf(given)] as const);
  return { version: version ?? 1, actuators: Object.fromEntries(known) };
}

function limitsOf(given: Static<typeof limits>): DeviceLimits {
  const { maxRunMs, cooldownMs, minOffMs, linkLossMs, interlockGroup, safeState, maxDose } = given;
  const dose = maxDose === undefined ? undefined : { amount: maxDose.amount, unit: maxDose.unit };
  const others = present({ minOffMs, linkLossMs, interlockGroup, safeState, maxDose: dose });
  return { maxRunMs, cooldownMs, ...others };
}

export function encodeConfig(message: ConfigMessage): string {
  return JSON.stringify(message);
}

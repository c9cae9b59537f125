import type { CommandKind } from "@sluice/core/commands/command.ts";
import type { DeviceConfigMessage, HelloMessage, JournalEntry } from "@sluice/core/commands/messages.ts";
import Type, { type Static } from "typebox";
import {
  actuatorKey,
  asEvidenceState,
  bootId,
  durationMs,
  evidenceState,
  fence,
  id,
  mono,
  present,
  reason,
} from "./fields.ts";
import { messageReader } from "./json-message.ts";

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
  ranMs: Type.Optional(Type.Number({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
});

/** Actuators that one device may have, and entries that its journal may list. */
export const MAX_DEVICE_ACTUATORS = 64;
export const MAX_JOURNAL_LENGTH = 1_024;

const persistedFence = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

const readHello = messageReader(
  "hello",
  Type.Object({
    bootId,
    mono,
    fences: Type.Optional(Type.Record(Type.String(), persistedFence, { maxProperties: MAX_DEVICE_ACTUATORS })),
    holds: Type.Optional(Type.Array(Type.Object({ actuator: actuatorKey, id }), { maxItems: MAX_JOURNAL_LENGTH })),
    journal: Type.Optional(Type.Array(journalEntry, { maxItems: MAX_JOURNAL_LENGTH })),
    configVersion: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
  }),
);

/** Throws `hello.invalid`. All but `bootId` and `mono` may be left out. */
export function parseHello(text: string): HelloMessage {
  const { bootId, mono, fences, holds, journal, configVersion } = readHello(text);
  return {
    bootId,
    monoMs: mono,
    fences: fences ?? {},
    holds: holds ?? [],
    journal: (journal ?? []).map((entry) => journalOf(entry, bootId)),
    configVersion: configVersion ?? 0,
  };
}

function journalOf(entry: Static<typeof journalEntry>, helloBootId: string): JournalEntry {
  const { id, actuator, fence, reason, ranMs } = entry;
  const kind: CommandKind = entry.kind ?? "RUN";
  const sure = { id, actuator, kind, state: asEvidenceState(entry.state), bootId: entry.bootId ?? helloBootId };
  return { ...sure, ...present({ fence, reason, ranMs }) };
}

export function encodeHello({ monoMs, ...same }: HelloMessage): string {
  return JSON.stringify({ ...same, mono: monoMs });
}

const limits = Type.Object({
  maxRunMs: durationMs,
  cooldownMs: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  linkLossMs: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
  interlockGroup: Type.Optional(Type.String({ maxLength: 63 })),
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
  return ask === undefined ? { version: version ?? 1, actuators: actuators ?? {} } : { ask };
}

export function encodeConfig(message: ConfigMessage): string {
  return JSON.stringify(message);
}

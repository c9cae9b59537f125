import type { DeviceConfigMessage, JournalEntry } from "../commands/messages.ts";

/**
 * What a device must not forget when its power goes. Immutable: a change makes a new record, which counts only once it is
 * saved, so memory never runs ahead of the disk.
 */
export interface GateRecord {
  readonly actuators: Readonly<Record<string, ActuatorRecord>>;
  readonly config: DeviceConfigMessage | undefined;
}

export interface ActuatorRecord {
  /** The greatest fence ever taken, whether its command ran or was refused. */
  readonly fence: number;
  /** The greatest fence whose entry left the journal: nothing is claimed about it or those below. */
  readonly forgottenFence: number;
  /** Ids of the STOPs that hold the actuator. */
  readonly holds: readonly string[];
  /** Ids of the STOPs that were released last: one that arrives after its release stops, and holds nothing. */
  readonly released: readonly string[];
  /** The pause that the last run left behind; undefined before the first. */
  readonly cooldown: CooldownRecord | undefined;
  /** What the last SET with a value said; the driver gets it again at every boot. */
  readonly setPoint: SetPoint | undefined;
  /** Oldest first. An entry ACCEPTED or RUNNING is open: its output was on, or about to be, when this was saved. */
  readonly journal: readonly JournalEntry[];
}

export interface SetPoint {
  readonly value: number;
  readonly unit?: string;
}

/**
 * `elapsedMs` had been seen to pass at `asOfMonoMs` of the boot that saved it. What passes while the power is off is unknown
 * and counts as nothing, so a boot begins with its own time and the saved `elapsedMs`.
 */
export interface CooldownRecord {
  readonly requiredMs: number;
  readonly elapsedMs: number;
  readonly asOfMonoMs: number;
}

export function cooldownAt(cooldown: CooldownRecord, monoMs: number): CooldownRecord {
  return { ...cooldown, elapsedMs: cooldown.elapsedMs + monoMs - cooldown.asOfMonoMs, asOfMonoMs: monoMs };
}

/** Entries kept for each actuator; the oldest closed one leaves first, and its fence is remembered as forgotten. */
export const MAX_JOURNAL_ENTRIES = 16;
/** STOPs that can hold an actuator at once; one more still stops it, and is refused as a further hold. */
export const MAX_HOLDS = 16;
/** Released STOPs remembered for each actuator; the oldest is forgotten first. */
export const MAX_RELEASED = 32;

export const NEW_ACTUATOR: ActuatorRecord = {
  fence: 0,
  forgottenFence: 0,
  holds: [],
  released: [],
  cooldown: undefined,
  setPoint: undefined,
  journal: [],
};

export function withEntry(record: ActuatorRecord, entry: JournalEntry): ActuatorRecord {
  const fence = Math.max(record.fence, entry.fence ?? 0);
  const leaving = record.journal.length < MAX_JOURNAL_ENTRIES ? undefined : record.journal.find((old) => !isOpen(old));
  const journal = [...record.journal.filter((old) => old !== leaving), entry];
  return { ...record, fence, journal, forgottenFence: Math.max(record.forgottenFence, leaving?.fence ?? 0) };
}

export function withReplacedEntry(record: ActuatorRecord, entry: JournalEntry): ActuatorRecord {
  return { ...record, journal: record.journal.map((old) => (isSameCommand(old, entry) ? entry : old)) };
}

export function entryOf(record: ActuatorRecord, command: { id: string; fence?: number }): JournalEntry | undefined {
  return record.journal.find((entry) => isSameCommand(entry, command));
}

function isSameCommand(a: { id: string; fence?: number }, b: { id: string; fence?: number }): boolean {
  return a.id === b.id && a.fence === b.fence;
}

export function isOpen(entry: JournalEntry): boolean {
  return entry.state === "ACCEPTED" || entry.state === "RUNNING";
}

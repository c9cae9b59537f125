import { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import type { SliceReader } from "@sluice/core/telemetry/slice-codec.ts";
import { VALID } from "@sluice/core/telemetry/validity.ts";
import type { LatestByProfile, LatestColumns, LatestMessage, LatestValue, TimedValue } from "./reader.ts";

const NEVER = Number.NEGATIVE_INFINITY;
const METRICS = 256;

/** The newest value of every metric of every device of one profile, in columns: row = device. */
class ProfileLatest implements LatestColumns {
  deviceIds = new Int32Array(64);
  lastMicros = new Float64Array(64);
  rows = 0;
  readonly times: (Float64Array | undefined)[] = [];
  readonly values: (Float64Array | undefined)[] = [];
  /** Of metrics that were ever marked: the flags of the newest value. */
  readonly flags: (Uint8Array | undefined)[] = [];
  /** Row · 256 + metric → the newest valid value, where the newest is marked. */
  readonly valid = new Map<number, TimedValue>();
  readonly extras = new Map<number, { readonly timeMicros: number; readonly text: string }>();

  addRow(deviceId: number): number {
    const row = this.rows++;
    if (row === this.deviceIds.length) this.grow(row * 2);
    this.deviceIds[row] = deviceId;
    this.lastMicros[row] = NEVER;
    return row;
  }

  set(row: number, metric: number, timeMicros: number, value: number, flags: number): void {
    const times = this.times[metric] ?? this.addMetric(metric);
    if (flags !== VALID || this.flagsAt(row, metric) !== VALID) {
      this.setMarked(times, row, metric, timeMicros, value, flags);
    } else if (timeMicros >= times[row]!) {
      // The later arrival holds for equal times, hence >=.
      times[row] = timeMicros;
      this.values[metric]![row] = value;
    }
  }

  flagsAt(row: number, metric: number): number {
    const marks = this.flags[metric];
    return marks === undefined ? VALID : marks[row]!;
  }

  newest(row: number, metric: number): LatestValue | undefined {
    const timeMicros = this.times[metric]?.[row] ?? NEVER;
    if (timeMicros === NEVER) return undefined;
    const value = this.values[metric]![row]!;
    const flags = this.flagsAt(row, metric);
    if (flags === VALID) return { timeMicros, value };
    return { timeMicros, value, flags, valid: this.valid.get(row * METRICS + metric) };
  }

  /** Where the newest value is marked, or the one that comes: keeps the newest valid one beside it. */
  private setMarked(
    times: Float64Array,
    row: number,
    metric: number,
    timeMicros: number,
    value: number,
    flags: number,
  ): void {
    const values = this.values[metric]!;
    const heldMicros = times[row]!;
    const heldFlags = this.flagsAt(row, metric);
    if (timeMicros < heldMicros) {
      if (flags === VALID) this.noteValid(row, metric, timeMicros, value);
      return;
    }
    const isSameAgain = timeMicros === heldMicros && Object.is(values[row], value);
    const marks = flags | (isSameAgain ? heldFlags : VALID);
    if (marks === VALID) this.valid.delete(row * METRICS + metric);
    else if (heldFlags === VALID && timeMicros > heldMicros && heldMicros !== NEVER) {
      this.noteValid(row, metric, heldMicros, values[row]!);
    }
    this.flags[metric] ??= new Uint8Array(this.deviceIds.length);
    this.flags[metric][row] = marks;
    times[row] = timeMicros;
    values[row] = value;
  }

  private noteValid(row: number, metric: number, timeMicros: number, value: number): void {
    const key = row * METRICS + metric;
    if (timeMicros >= (this.valid.get(key)?.timeMicros ?? NEVER)) this.valid.set(key, { timeMicros, value });
  }

  setExtras(row: number, timeMicros: number, text: string): void {
    const held = this.extras.get(row);
    if (held === undefined || timeMicros >= held.timeMicros) this.extras.set(row, { timeMicros, text });
  }

  /** The last row takes the place of this one; answers its device, or undefined when it was the last itself. */
  removeRow(row: number): number | undefined {
    const last = --this.rows;
    if (row !== last) this.copyRow(last, row);
    this.clearRow(last);
    return row === last ? undefined : this.deviceIds[row];
  }

  private copyRow(from: number, to: number): void {
    this.clearRow(to);
    for (const column of [this.deviceIds, this.lastMicros, ...this.times, ...this.values, ...this.flags]) {
      if (column !== undefined) column[to] = column[from]!;
    }
    this.times.forEach((_, metric) => {
      const valid = this.valid.get(from * METRICS + metric);
      if (valid !== undefined) this.valid.set(to * METRICS + metric, valid);
    });
    const extras = this.extras.get(from);
    if (extras !== undefined) this.extras.set(to, extras);
  }

  private clearRow(row: number): void {
    this.lastMicros[row] = NEVER;
    this.times.forEach((times, metric) => {
      times![row] = NEVER;
      const marks = this.flags[metric];
      if (marks !== undefined) marks[row] = VALID;
      this.valid.delete(row * METRICS + metric);
    });
    this.extras.delete(row);
  }

  private addMetric(metric: number): Float64Array {
    const times = new Float64Array(this.deviceIds.length).fill(NEVER);
    this.times[metric] = times;
    this.values[metric] = new Float64Array(this.deviceIds.length);
    return times;
  }

  private grow(capacity: number): void {
    const longer = (from: Float64Array, fill: number) => {
      const to = new Float64Array(capacity).fill(fill, from.length);
      to.set(from);
      return to;
    };
    const ids = new Int32Array(capacity);
    ids.set(this.deviceIds);
    this.deviceIds = ids;
    this.lastMicros = longer(this.lastMicros, NEVER);
    this.times.forEach((times, metric) => {
      if (times === undefined) return;
      this.times[metric] = longer(times, NEVER);
      this.values[metric] = longer(this.values[metric]!, 0);
      const marks = this.flags[metric];
      if (marks === undefined) return;
      this.flags[metric] = new Uint8Array(capacity);
      this.flags[metric].set(marks);
    });
  }
}

/**
 * The newest values of all devices of a partition, in memory. Fed in commit order by the partition's owner; what a device
 * said late changes only the metrics that it has nothing newer for.
 */
export class LatestValues implements LatestByProfile {
  private readonly profiles = new Map<number, ProfileLatest>();
  /** Device number → row + 1 in its profile; 0 where unknown. */
  private rowOf = new Int32Array(1024);
  private profileOf = new Int32Array(1024);

  /** Time of a device's newest message, or undefined if it never sent one. */
  lastMicros(deviceId: number): number | undefined {
    const row = (this.rowOf[deviceId] ?? 0) - 1;
    return row < 0 ? undefined : this.profiles.get(this.profileOf[deviceId]!)!.lastMicros[row];
  }

  /** The newest value of one metric of a device. */
  value(deviceId: number, metric: number): LatestValue | undefined {
    const row = (this.rowOf[deviceId] ?? 0) - 1;
    return row < 0 ? undefined : this.profiles.get(this.profileOf[deviceId]!)!.newest(row, metric);
  }

  latest(deviceId: number): LatestMessage | undefined {
    const row = (this.rowOf[deviceId] ?? 0) - 1;
    if (row < 0) return undefined;
    const profile = this.profiles.get(this.profileOf[deviceId]!)!;
    const values = new Map<number, LatestValue>();
    profile.times.forEach((_, metric) => {
      const newest = profile.newest(row, metric);
      if (newest !== undefined) values.set(metric, newest);
    });
    return { timeMicros: profile.lastMicros[row]!, values, extras: profile.extras.get(row)?.text };
  }

  columnsOf(profileId: number): LatestColumns | undefined {
    return this.profiles.get(profileId);
  }

  rowOfDevice(deviceId: number): number {
    return (this.rowOf[deviceId] ?? 0) - 1;
  }

  /** As if the device had never sent anything. */
  forget(deviceId: number): void {
    const row = this.rowOfDevice(deviceId);
    if (row < 0) return;
    const moved = this.profiles.get(this.profileOf[deviceId]!)!.removeRow(row);
    this.rowOf[deviceId] = 0;
    if (moved !== undefined) this.rowOf[moved] = row + 1;
  }

  /** Takes in messages of a batch, in the given order. */
  apply(batch: MessageBatch, order: Int32Array, profileOf: (deviceId: number) => number): void {
    let device = -1;
    let profile: ProfileLatest | undefined;
    let row = -1;
    for (let i = 0; i < batch.length; i++) {
      const message = order[i]!;
      const id = batch.deviceIds[message]!;
      if (id !== device || profile === undefined) {
        device = id;
        profile = this.profile(profileOf(id));
        row = this.row(profile, profileOf, id);
      }
      const time = batch.timesMicros[message]!;
      if (time > profile.lastMicros[row]!) profile.lastMicros[row] = time;
      const end = batch.valueEnds[message]!;
      for (let at = batch.valueStart(message); at < end; at++) {
        profile.set(row, batch.metricNumbers[at]!, time, batch.values[at]!, batch.flags[at]!);
      }
      if (batch.extras.size > 0) {
        const text = batch.extras.get(message);
        if (text !== undefined) profile.setExtras(row, time, text);
      }
    }
  }

  /** Takes in a stored slice. */
  applySlice(profileId: number, slice: SliceReader): void {
    const profile = this.profile(profileId);
    const rows = new Int32Array(slice.rows);
    let device = -1;
    let row = -1;
    for (let i = 0; i < slice.rows; i++) {
      if (slice.deviceIds[i] !== device) {
        device = slice.deviceIds[i]!;
        row = this.row(profile, () => profileId, device);
      }
      rows[i] = row;
      const time = slice.timesMicros[i]!;
      if (time > profile.lastMicros[row]!) profile.lastMicros[row] = time;
    }
    for (const metric of slice.metricNumbers) {
      const marks = slice.flagsOf(metric);
      slice.forEachValue(metric, 0, slice.rows, (i, value) =>
        profile.set(rows[i]!, metric, slice.timesMicros[i]!, value, marks === undefined ? VALID : marks[i]!),
      );
    }
    slice.forEachExtras(0, slice.rows, (i, text) => profile.setExtras(rows[i]!, slice.timesMicros[i]!, text));
  }

  /**
   * Everything held of the included devices, as messages that rebuild it: one for each time at which some metric was last
   * said.
   */
  snapshot(include: (deviceId: number) => boolean): MessageBatch {
    const batch = new MessageBatch();
    for (const profile of this.profiles.values()) {
      for (let row = 0; row < profile.rows; row++) {
        if (include(profile.deviceIds[row]!)) addRowMessages(batch, profile, row);
      }
    }
    return batch;
  }

  profileOfDevice(deviceId: number): number {
    return this.profileOf[deviceId]!;
  }

  private profile(profileId: number): ProfileLatest {
    let profile = this.profiles.get(profileId);
    if (profile === undefined) {
      profile = new ProfileLatest();
      this.profiles.set(profileId, profile);
    }
    return profile;
  }

  private row(profile: ProfileLatest, profileOf: (deviceId: number) => number, deviceId: number): number {
    if (deviceId >= this.rowOf.length) this.growTo(deviceId + 1);
    const known = this.rowOf[deviceId]!;
    if (known > 0) return known - 1;
    const row = profile.addRow(deviceId);
    this.rowOf[deviceId] = row + 1;
    this.profileOf[deviceId] = profileOf(deviceId);
    return row;
  }

  private growTo(length: number): void {
    const capacity = Math.max(length, this.rowOf.length * 2);
    const longer = (from: Int32Array) => {
      const to = new Int32Array(capacity);
      to.set(from);
      return to;
    };
    this.rowOf = longer(this.rowOf);
    this.profileOf = longer(this.profileOf);
  }
}

function addRowMessages(batch: MessageBatch, profile: ProfileLatest, row: number): void {
  const deviceId = profile.deviceIds[row]!;
  const extras = profile.extras.get(row);
  const last = profile.lastMicros[row]!;
  const isOneMessage =
    extras === undefined && profile.valid.size === 0 && profile.times.every((times) => isAtOrNever(times, row, last));
  if (isOneMessage) {
    addMessageAt(batch, profile, row, last);
    batch.endMessage(deviceId, last);
    return;
  }
  const times = new Set<number>([last]);
  if (extras !== undefined) times.add(extras.timeMicros);
  profile.times.forEach((metricTimes, metric) => {
    const time = metricTimes?.[row] ?? NEVER;
    if (time !== NEVER) times.add(time);
    const valid = profile.valid.get(row * METRICS + metric);
    if (valid !== undefined) times.add(valid.timeMicros);
  });
  for (const time of [...times].sort((a, b) => a - b)) {
    addMessageAt(batch, profile, row, time);
    batch.endMessage(deviceId, time, extras?.timeMicros === time ? extras.text : undefined);
  }
}

function isAtOrNever(times: Float64Array | undefined, row: number, micros: number): boolean {
  return times === undefined || times[row] === micros || times[row] === NEVER;
}

function addMessageAt(batch: MessageBatch, profile: ProfileLatest, row: number, micros: number): void {
  profile.times.forEach((times, metric) => {
    if (times?.[row] === micros) {
      batch.addValue(metric, profile.values[metric]![row]!);
      batch.setFlags(batch.valueCount - 1, profile.flagsAt(row, metric));
    } else if (profile.valid.size > 0) {
      const valid = profile.valid.get(row * METRICS + metric);
      if (valid?.timeMicros === micros) batch.addValue(metric, valid.value);
    }
  });
}

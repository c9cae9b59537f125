import { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import type { SliceReader } from "@sluice/core/telemetry/slice-codec.ts";
import type { LatestMessage } from "./reader.ts";

const NEVER = Number.NEGATIVE_INFINITY;

/** The newest value of every metric of every device of one profile, in columns: row = device. */
class ProfileLatest {
  deviceIds = new Int32Array(64);
  lastMicros = new Float64Array(64);
  rows = 0;
  readonly times: (Float64Array | undefined)[] = [];
  readonly values: (Float64Array | undefined)[] = [];
  readonly extras = new Map<number, { readonly timeMicros: number; readonly text: string }>();

  addRow(deviceId: number): number {
    const row = this.rows++;
    if (row === this.deviceIds.length) this.grow(row * 2);
    this.deviceIds[row] = deviceId;
    this.lastMicros[row] = NEVER;
    return row;
  }

  set(row: number, metric: number, timeMicros: number, value: number): void {
    const times = this.times[metric] ?? this.addMetric(metric);
    // The later arrival holds for equal times, hence >=.
    if (timeMicros >= times[row]!) {
      times[row] = timeMicros;
      this.values[metric]![row] = value;
    }
  }

  setExtras(row: number, timeMicros: number, text: string): void {
    const held = this.extras.get(row);
    if (held === undefined || timeMicros >= held.timeMicros) this.extras.set(row, { timeMicros, text });
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
    });
  }
}

/**
 * The newest values of all devices of a partition, in memory. Fed in commit order by the partition's owner; what a device
 * said late changes only the metrics that it has nothing newer for.
 */
export class LatestValues {
  private readonly profiles = new Map<number, ProfileLatest>();
  /** Device number → row + 1 in its profile; 0 where unknown. */
  private rowOf = new Int32Array(1024);
  private profileOf = new Int32Array(1024);

  /** Time of a device's newest message, or undefined if it never sent one. */
  lastMicros(deviceId: number): number | undefined {
    const row = (this.rowOf[deviceId] ?? 0) - 1;
    return row < 0 ? undefined : this.profiles.get(this.profileOf[deviceId]!)!.lastMicros[row];
  }

  latest(deviceId: number): LatestMessage | undefined {
    const row = (this.rowOf[deviceId] ?? 0) - 1;
    if (row < 0) return undefined;
    const profile = this.profiles.get(this.profileOf[deviceId]!)!;
    const values = new Map<number, { timeMicros: number; value: number }>();
    profile.times.forEach((times, metric) => {
      const timeMicros = times?.[row] ?? NEVER;
      if (timeMicros !== NEVER) values.set(metric, { timeMicros, value: profile.values[metric]![row]! });
    });
    return { timeMicros: profile.lastMicros[row]!, values, extras: profile.extras.get(row)?.text };
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
        profile.set(row, batch.metricNumbers[at]!, time, batch.values[at]!);
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
      slice.forEachValue(metric, 0, slice.rows, (i, value) =>
        profile.set(rows[i]!, metric, slice.timesMicros[i]!, value),
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
  const isOneMessage = extras === undefined && profile.times.every((times) => isAtOrNever(times, row, last));
  if (isOneMessage) {
    addMessageAt(batch, profile, row, last);
    batch.endMessage(deviceId, last);
    return;
  }
  const times = new Set<number>([last]);
  if (extras !== undefined) times.add(extras.timeMicros);
  for (const metricTimes of profile.times) {
    const time = metricTimes?.[row] ?? NEVER;
    if (time !== NEVER) times.add(time);
  }
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
    if (times?.[row] === micros) batch.addValue(metric, profile.values[metric]![row]!);
  });
}

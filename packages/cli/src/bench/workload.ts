/**
 * What the benchmarks send: every device says five metrics a second, one second after another, all devices in turn. The
 * values move as sensors' do, slowly, with a little noise and two decimals. Each follows from its place alone, so what is
 * read back can be checked value by value.
 */
export const METRICS = ["temperature", "humidity", "pressure", "ph", "flow"] as const;

const BASES = [18, 55, 1013, 7.2, 3.5];
const SWINGS = [8, 20, 12, 0.6, 2.5];
const STEP_MICROS = 1_000_000;

export interface Workload {
  readonly devices: number;
  readonly messages: number;
  /** Time of the first second. */
  readonly startMicros: number;
}

export function uidOf(device: number): string {
  return `bench-${String(device).padStart(7, "0")}`;
}

/** Number of the device in its uid; undefined for a device that is not of the benchmark. */
export function deviceOf(uid: string): number | undefined {
  return uid.startsWith("bench-") ? Number(uid.slice(6)) : undefined;
}

export function deviceAt(workload: Workload, message: number): number {
  return message % workload.devices;
}

export function microsAt(workload: Workload, message: number): number {
  return workload.startMicros + Math.floor(message / workload.devices) * STEP_MICROS;
}

/** The message that a device said at a time. */
export function messageAt(workload: Workload, device: number, micros: number): number {
  return ((micros - workload.startMicros) / STEP_MICROS) * workload.devices + device;
}

export function valueAt(workload: Workload, message: number, metric: number): number {
  const device = deviceAt(workload, message);
  const step = Math.floor(message / workload.devices);
  const slow = Math.sin((step + device * 37) / (200 + metric * 50));
  const noise = (Math.imul(message * 5 + metric + 1, 2_654_435_761) >>> 16) / 65_536 - 0.5;
  return Math.round((BASES[metric]! + SWINGS[metric]! * (slow + noise * 0.02)) * 100) / 100;
}

export function lineProtocolBody(workload: Workload, from: number, to: number): Buffer {
  const lines: string[] = [];
  for (let message = from; message < to; message++) {
    const fields = METRICS.map((name, metric) => `${name}=${valueAt(workload, message, metric)}`);
    const uid = uidOf(deviceAt(workload, message));
    lines.push(`sensors,device=${uid} ${fields.join(",")} ${microsAt(workload, message)}000`);
  }
  return Buffer.from(`${lines.join("\n")}\n`);
}

export function bulkJsonBody(workload: Workload, from: number, to: number): Buffer {
  const readings: unknown[] = [];
  for (let message = from; message < to; message++) {
    readings.push({
      device_id: uidOf(deviceAt(workload, message)),
      ts_utc: new Date(microsAt(workload, message) / 1000).toISOString(),
      payload: payloadAt(workload, message),
    });
  }
  return Buffer.from(JSON.stringify({ readings }));
}

export function payloadAt(workload: Workload, message: number): Record<string, number> {
  return Object.fromEntries(METRICS.map((name, metric) => [name, valueAt(workload, message, metric)]));
}

import { SluiceError } from "@sluice/core/errors.ts";
import type { DeviceEntry } from "../devices/index.ts";
import type { LatestMessage, TelemetryReader } from "../telemetry/index.ts";
import { type Reading, readingOf } from "./reading-view.ts";

/** Readings given one object each, which costs far more than columns do. */
export const MAX_READINGS_PER_ANSWER = 100_000;

/** What a device said in [from, to), one object a time. Throws `query.too_many_readings` past the limit. */
export async function readReadings(
  telemetry: TelemetryReader,
  device: DeviceEntry,
  range: { readonly fromMicros: number; readonly toMicros: number; readonly signal: AbortSignal },
): Promise<Reading[]> {
  const { id: deviceId, organizationId, profile } = device;
  const series = await telemetry.series({ deviceId, organizationId, profileId: profile.id, ...range });
  assertAnswerSize(series.timesMicros.length);
  return Array.from(series.timesMicros, (timeMicros, row) => {
    const metrics = [...series.columns].map(([number, values]) => [number, values[row]!] as const);
    return readingOf(timeMicros, metrics, series.extras.get(row), device.profile);
  });
}

/** The newest value of each metric; undefined before the first message. */
export async function readLatest(telemetry: TelemetryReader, device: DeviceEntry): Promise<Reading | undefined> {
  const latest = await telemetry.latest(device.id);
  return latest && readingOfLatest(device, latest);
}

/** Of many devices at once; those that never said anything are missing. */
export async function readLatestOf(
  telemetry: TelemetryReader,
  devices: readonly DeviceEntry[],
): Promise<ReadonlyMap<number, Reading>> {
  const latest = await telemetry.latestOf(devices.map(({ id }) => id));
  return new Map(
    devices.flatMap((device) => {
      const message = latest.get(device.id);
      return message === undefined ? [] : [[device.id, readingOfLatest(device, message)]];
    }),
  );
}

function readingOfLatest({ profile }: DeviceEntry, { timeMicros, values, extras }: LatestMessage): Reading {
  const metrics = [...values].map(([number, { value }]) => [number, value] as const);
  return readingOf(timeMicros, metrics, extras, profile);
}

export function assertAnswerSize(readings: number): void {
  if (readings <= MAX_READINGS_PER_ANSWER) return;
  throw new SluiceError(
    "invalid",
    "query.too_many_readings",
    `The answer would have more than ${MAX_READINGS_PER_ANSWER} readings: shorten the range or name a device.`,
    { details: { limit: MAX_READINGS_PER_ANSWER } },
  );
}

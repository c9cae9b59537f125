import type { Permissive } from "@sluice/core/safety/envelope.ts";
import type { PermissiveReading } from "@sluice/core/safety/permissives.ts";
import type { DeviceDirectory, DeviceEntry } from "../devices/index.ts";
import { newestValid, type TelemetryReader } from "../telemetry/index.ts";
import type { Actuator } from "./actuation-store.ts";

/** The newest valid reading of each permissive; undefined where device, metric or reading are not known. */
export async function readPermissives(
  actuator: Actuator,
  directory: Pick<DeviceDirectory, "resolve" | "resolveIds">,
  telemetry: Pick<TelemetryReader, "latest">,
): Promise<readonly (PermissiveReading | undefined)[]> {
  const { organizationId, deviceId, envelope } = actuator;
  const permissives = envelope.permissives ?? [];
  const uids = permissives.flatMap(({ device }) => device ?? []);
  const others = uids.length === 0 ? undefined : await directory.resolve(organizationId, [...new Set(uids)]);
  const own = (await directory.resolveIds([deviceId])).get(deviceId);
  const readingOf = ({ device, metric }: Permissive): Promise<PermissiveReading | undefined> =>
    newestReading(telemetry, device === undefined ? own : others?.get(device), metric);
  return Promise.all(permissives.map(readingOf));
}

async function newestReading(
  telemetry: Pick<TelemetryReader, "latest">,
  device: DeviceEntry | undefined,
  metric: string,
): Promise<PermissiveReading | undefined> {
  const number = device?.profile.metricNumbers.get(metric);
  if (device === undefined || number === undefined) return undefined;
  return newestValid((await telemetry.latest(device.id))?.values.get(number));
}

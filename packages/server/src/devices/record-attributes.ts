import { SluiceError } from "@sluice/core/errors.ts";
import type { Pool } from "pg";
import { findProperties, mergeProperties } from "./device-store.ts";

/** All properties of a device together, as JSON. */
export const MAX_PROPERTIES_BYTES = 64 * 1024;

/**
 * Merges what a device says of itself (firmware version, serial number …) into its properties, key by key.
 * Throws `device.properties_too_large`.
 */
export async function recordAttributes(
  pool: Pool,
  deviceId: number,
  attributes: Readonly<Record<string, unknown>>,
): Promise<void> {
  if (await mergeProperties(pool, deviceId, attributes, MAX_PROPERTIES_BYTES)) return;
  throw new SluiceError(
    "limit",
    "device.properties_too_large",
    `The properties of a device are at most ${MAX_PROPERTIES_BYTES} bytes of JSON together.`,
    { details: { limit: MAX_PROPERTIES_BYTES } },
  );
}

/** All properties of a device; none of one that is gone. */
export function readAttributes(pool: Pool, deviceId: number): Promise<Readonly<Record<string, unknown>>> {
  return findProperties(pool, deviceId);
}

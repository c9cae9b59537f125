import { SluiceError } from "@sluice/core/errors.ts";
import type { Pool } from "pg";

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
  const { rowCount } = await pool.query(
    `update device set properties = properties || $2::jsonb
      where id = $1 and octet_length((properties || $2::jsonb)::text) <= $3`,
    [deviceId, JSON.stringify(attributes), MAX_PROPERTIES_BYTES],
  );
  if (rowCount === 1) return;
  throw new SluiceError(
    "limit",
    "device.properties_too_large",
    `The properties of a device are at most ${MAX_PROPERTIES_BYTES} bytes of JSON together.`,
    { details: { limit: MAX_PROPERTIES_BYTES } },
  );
}

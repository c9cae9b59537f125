import { SluiceError } from "@sluice/core/errors.ts";

export const MAX_UID_BYTES = 128;

/**
 * A uid is a level of an MQTT topic (`devices/{uid}/…`), so it holds no separator and no wildcard (MQTT 3.1.1, 4.7), and it
 * is shown to people, so it holds no control characters.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const FORBIDDEN = /[/+#\u0000-\u001f\u007f-\u009f]/;

export function isDeviceUid(uid: string): boolean {
  return (
    uid.length > 0 &&
    uid.length <= MAX_UID_BYTES &&
    Buffer.byteLength(uid) <= MAX_UID_BYTES &&
    uid.isWellFormed() &&
    uid.trim() === uid &&
    !FORBIDDEN.test(uid)
  );
}

export function assertDeviceUid(uid: string): void {
  if (isDeviceUid(uid)) return;
  throw new SluiceError(
    "invalid",
    "device.uid_invalid",
    `A device's uid has 1 to ${MAX_UID_BYTES} bytes of UTF-8, no "/", "+" or "#", no control characters and no space at either end.`,
    { details: { limitBytes: MAX_UID_BYTES } },
  );
}

import { NOT_AN_OBJECT, UID_MISSING } from "../readings/faults.ts";
import { MalformedLine } from "../readings/json-text.ts";
import { isPlainObject, type ReadingDecoder } from "../readings/reading-decoder.ts";
import type { DeviceTarget } from "../readings/resolver.ts";
import { jsonTimeMicros } from "../readings/time.ts";

const RESERVED = new Set(["sensor_id", "ts", "timestamp"]);

/**
 * `POST /api/sensors/data`: `{"sensor_id":"123","pH":7.2,"temp":15.4}`, with an optional `ts` or `timestamp` (epoch
 * milliseconds or RFC 3339), or several of those. A device with a token of its own may leave its `sensor_id` out.
 */
export function decodeSensorData(
  items: readonly unknown[],
  own: DeviceTarget | undefined,
  decoder: ReadingDecoder,
): void {
  for (const [index, item] of items.entries()) {
    if (item instanceof MalformedLine) decoder.fail(index, item.fault);
    else if (isPlainObject(item)) decodeItem(index, item, own, decoder);
    else decoder.fail(index, NOT_AN_OBJECT);
  }
}

function decodeItem(
  index: number,
  item: Record<string, unknown>,
  own: DeviceTarget | undefined,
  decoder: ReadingDecoder,
): void {
  const time = item.ts ?? item.timestamp;
  const device = deviceOf(item.sensor_id, own, decoder);
  decoder.reading(index, device, time == null ? undefined : jsonTimeMicros(time), item, RESERVED);
}

/** The device that an item names, as text or as a number; the sender's own when it names none. */
export function deviceOf(
  uid: unknown,
  own: DeviceTarget | undefined,
  decoder: ReadingDecoder,
): ReturnType<ReadingDecoder["device"]> {
  if (typeof uid === "string") return decoder.device(uid);
  if (typeof uid === "number") return decoder.device(String(uid));
  return uid == null && own !== undefined ? own : UID_MISSING;
}

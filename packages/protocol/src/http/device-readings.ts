import { type Fault, NOT_AN_OBJECT } from "../readings/faults.ts";
import { MalformedLine } from "../readings/json-text.ts";
import { isPlainObject, type ReadingDecoder } from "../readings/reading-decoder.ts";
import type { DeviceTarget } from "../readings/resolver.ts";
import { sanitisedJson } from "../readings/text.ts";
import { jsonTimeMicros } from "../readings/time.ts";
import { deviceOf } from "./sensor-data.ts";

/** Extras of this name hold a payload as it came, where its flat form could not be turned back into it. */
export const PAYLOAD_KEY = "$payload";
/** The local time as the sender wrote it. */
export const LOCAL_TIME_KEY = "$ts_local";

/** Characters of a local time; it is kept as text and never read as a time. */
const MAX_LOCAL_TIME_CHARACTERS = 64;

const PAYLOAD_MISSING: Fault = {
  kind: "invalid",
  code: "reading.payload_missing",
  message: 'A reading has a "payload" object, such as {"bme280":{"temperature":{"c":21.4}}}.',
};

const LOCAL_TIME_INVALID: Fault = {
  kind: "invalid",
  code: "reading.ts_local_invalid",
  message: `"ts_local" is text of at most ${MAX_LOCAL_TIME_CHARACTERS} characters.`,
  details: { limit: MAX_LOCAL_TIME_CHARACTERS },
};

/**
 * `POST /api/readings` and `/bulk`: `{device_id, ts_utc, ts_local, payload}`. The payload is stored flat
 * (`bme280.temperature.c`); one that nests or holds more than numbers is kept as it came besides. `ts_utc` is RFC 3339, its
 * offset optional (the name says UTC), or epoch milliseconds.
 */
export function decodeDeviceReadings(
  items: readonly unknown[],
  own: DeviceTarget | undefined,
  decoder: ReadingDecoder,
): void {
  for (const [index, item] of items.entries()) {
    if (item instanceof MalformedLine) decoder.fail(index, item.fault);
    else if (isPlainObject(item)) decodeReading(index, item, own, decoder);
    else decoder.fail(index, NOT_AN_OBJECT);
  }
}

function decodeReading(
  index: number,
  item: Record<string, unknown>,
  own: DeviceTarget | undefined,
  decoder: ReadingDecoder,
): void {
  const { payload, ts_utc: time, ts_local: localTime } = item;
  if (!isPlainObject(payload)) {
    decoder.fail(index, PAYLOAD_MISSING);
    return;
  }
  if (localTime != null && (typeof localTime !== "string" || localTime.length > MAX_LOCAL_TIME_CHARACTERS)) {
    decoder.fail(index, LOCAL_TIME_INVALID);
    return;
  }
  const device = deviceOf(item.device_id, own, decoder);
  const writer = decoder.open(index, device, time == null ? undefined : jsonTimeMicros(time, "optional"));
  if (writer === undefined) return;
  writer.object(payload);
  if (writer.hasNonNumbers) writer.json(PAYLOAD_KEY, sanitisedJson(payload));
  if (localTime != null) writer.text(LOCAL_TIME_KEY, localTime);
  decoder.close(index);
}

/** The readings of a bulk body: `{"readings":[…]}`, an array, or one reading. */
export function readingsOf(body: unknown): readonly unknown[] {
  if (Array.isArray(body)) return body;
  if (isPlainObject(body) && Array.isArray(body.readings)) return body.readings;
  return [body];
}

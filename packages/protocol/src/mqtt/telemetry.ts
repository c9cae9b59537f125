import { isPlainObject, type ReadingDecoder } from "../readings/reading-decoder.ts";
import { jsonTimeMicros } from "../readings/time.ts";

const RESERVED = new Set(["ts"]);

/**
 * Telemetry of one device, over MQTT or as ThingsBoard's HTTP API takes it: `{"ph":7.2}`, `{"ts":ms,"values":{…}}`, or an
 * array of those. A flat object may carry `ts` among its values.
 */
export function decodeTelemetry(
  json: unknown,
  device: ReturnType<ReadingDecoder["device"]>,
  decoder: ReadingDecoder,
  firstItem = 0,
): void {
  const messages: readonly unknown[] = Array.isArray(json) ? json : [json];
  for (let i = 0; i < messages.length; i++) decodeOne(messages[i], device, decoder, firstItem + i);
}

function decodeOne(
  json: unknown,
  device: ReturnType<ReadingDecoder["device"]>,
  decoder: ReadingDecoder,
  item: number,
): void {
  const time = isPlainObject(json) && json.ts != null ? jsonTimeMicros(json.ts) : undefined;
  if (time !== undefined && isPlainObject(json) && isPlainObject(json.values)) {
    decoder.reading(item, device, time, json.values);
  } else {
    decoder.reading(item, device, time, json, RESERVED);
  }
}

/** How many messages a telemetry body holds. */
export function telemetryLength(json: unknown): number {
  return Array.isArray(json) ? json.length : 1;
}

/**
 * Telemetry that a ThingsBoard gateway sends for the devices behind it: `{"Device A":[{"ts":ms,"values":{…}}], …}`. Items
 * count through all devices.
 */
export function decodeGatewayTelemetry(json: unknown, decoder: ReadingDecoder): void {
  let item = 0;
  for (const { uid, value } of gatewayDevices(json)) {
    decodeTelemetry(value, decoder.device(uid), decoder, item);
    item += telemetryLength(value);
  }
}

/** The devices a gateway's object speaks of, and what it says of each. */
export function gatewayDevices(json: unknown): readonly { readonly uid: string; readonly value: unknown }[] {
  if (!isPlainObject(json)) return [];
  return Object.entries(json).map(([uid, value]) => ({ uid, value }));
}

/** Messages in a gateway's telemetry. */
export function gatewayTelemetryLength(json: unknown): number {
  return gatewayDevices(json).reduce((sum, { value }) => sum + telemetryLength(value), 0);
}

import { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import { describe, expect, test } from "vitest";
import { parseNdjson } from "../readings/json-text.ts";
import { ReadingDecoder } from "../readings/reading-decoder.ts";
import type { DeviceTarget } from "../readings/resolver.ts";
import { type DecodedMessage, KnownDevices } from "../testing/known-devices.ts";
import { decodeDeviceReadings, readingsOf } from "./device-readings.ts";
import { decodeSensorData } from "./sensor-data.ts";

const NOW_MICROS = 1_800_000_000_000_000;

interface Decoded {
  readonly messages: readonly DecodedMessage[];
  readonly problems: readonly { readonly item: number; readonly code: string }[];
  readonly items: readonly number[];
}

type Decode = (items: readonly unknown[], own: DeviceTarget | undefined, decoder: ReadingDecoder) => void;

function decode(how: Decode, items: readonly unknown[], own?: string): Decoded {
  const devices = new KnownDevices(["123", "pump"]);
  let stamp = NOW_MICROS;
  const clock = { nowMicros: NOW_MICROS, stampMicros: () => ++stamp };
  const decoder = new ReadingDecoder(new MessageBatch(), devices, clock);
  for (;;) {
    how(items, own === undefined ? undefined : devices.known(own), decoder);
    if (!decoder.isPending) break;
    devices.settle();
    decoder.restart(clock);
  }
  return {
    messages: devices.messages(decoder.batch),
    problems: decoder.problems.list.map(({ item, fault }) => ({ item, code: fault.code })),
    items: decoder.items,
  };
}

describe("sensor data", () => {
  test("names its sensor as text or as a number; the server stamps it", () => {
    const { messages } = decode(decodeSensorData, [
      { sensor_id: "123", pH: 7.2, temp: 15.4 },
      { sensor_id: 123, pH: 7 },
    ]);
    expect(messages.map(({ device, values }) => ({ device, values }))).toEqual([
      { device: 1, values: { pH: 7.2, temp: 15.4 } },
      { device: 1, values: { pH: 7 } },
    ]);
    expect(messages[0]!.micros).toBeGreaterThan(NOW_MICROS);
    expect(messages[1]!.micros).toBeGreaterThan(messages[0]!.micros);
  });

  test("may carry ts or timestamp, which are no values", () => {
    const { messages } = decode(decodeSensorData, [
      { sensor_id: "123", ts: 1_700_000_000_000, a: 1 },
      { sensor_id: "123", timestamp: "2023-11-14T22:13:20Z", a: 2 },
    ]);
    expect(messages).toEqual([
      { device: 1, micros: 1_700_000_000_000_000, values: { a: 1 } },
      { device: 1, micros: 1_700_000_000_000_000, values: { a: 2 } },
    ]);
  });

  test("without a sensor_id is the sender's own, if the sender is a device", () => {
    expect(decode(decodeSensorData, [{ a: 1 }], "pump").messages[0]!.device).toBe(2);
    expect(decode(decodeSensorData, [{ a: 1 }]).problems).toEqual([{ item: 0, code: "device.uid_missing" }]);
  });

  test("bad items are told apart from good ones by their index", () => {
    const { messages, problems, items } = decode(decodeSensorData, [
      { sensor_id: "123", a: 1 },
      { sensor_id: "nobody", a: 1 },
      7,
      { sensor_id: "123", a: 2, ts: "soon" },
      { sensor_id: "123", a: 3, ts: NOW_MICROS / 1000 + 600_001 },
      { sensor_id: "123", a: 4, ts: -1 },
      { sensor_id: {}, a: 5 },
      { sensor_id: "123", a: 6 },
    ]);
    expect(messages.map(({ values }) => values.a)).toEqual([1, 6]);
    expect(items).toEqual([0, 7]);
    expect(problems).toEqual([
      { item: 1, code: "device.unknown" },
      { item: 2, code: "reading.not_an_object" },
      { item: 3, code: "reading.time_invalid" },
      { item: 4, code: "reading.time_ahead" },
      { item: 5, code: "reading.time_before_1970" },
      { item: 6, code: "device.uid_missing" },
    ]);
  });
});

describe("device readings", () => {
  const payload = { bme280: { temperature: { c: 21.4, f: 70.5 } }, sht31: { error: "timeout" } };

  test("are stored flat, and the payload besides when its flat form does not give it back", () => {
    const item = { device_id: "123", ts_utc: "2024-02-29T12:00:00", ts_local: "2024-02-29T13:00:00", payload };
    expect(decode(decodeDeviceReadings, [item]).messages).toEqual([
      {
        device: 1,
        micros: Date.parse("2024-02-29T12:00:00Z") * 1000,
        values: { "bme280.temperature.c": 21.4, "bme280.temperature.f": 70.5 },
        extras: { "sht31.error": "timeout", $payload: payload, $ts_local: "2024-02-29T13:00:00" },
      },
    ]);
  });

  test("of plain numbers keep no second copy", () => {
    const { messages } = decode(decodeDeviceReadings, [{ device_id: "123", ts_utc: 1000, payload: { a: 1, b: 2 } }]);
    expect(messages).toEqual([{ device: 1, micros: 1_000_000, values: { a: 1, b: 2 } }]);
  });

  test("give back payloads that no flat form could hold", () => {
    for (const odd of [{ a: 1, b: null }, { a: 1, b: {} }, { a: { b: 1 }, "a.b": 2 }, { a: [1, { b: "x" }] }]) {
      const { messages } = decode(decodeDeviceReadings, [{ device_id: "123", payload: odd }]);
      expect((messages[0]!.extras as { $payload: unknown }).$payload).toEqual(odd);
    }
  });

  test("need a payload, and a local time that is text", () => {
    const { messages, problems } = decode(decodeDeviceReadings, [
      { device_id: "123" },
      { device_id: "123", payload: [1] },
      { device_id: "123", payload: { a: 1 }, ts_local: 7 },
      { device_id: "123", payload: { a: 1 }, ts_local: "x".repeat(65) },
      { device_id: "123", payload: {} },
    ]);
    expect(messages).toEqual([]);
    expect(problems.map(({ code }) => code)).toEqual([
      "reading.payload_missing",
      "reading.payload_missing",
      "reading.ts_local_invalid",
      "reading.ts_local_invalid",
      "reading.empty",
    ]);
  });

  test("come in bulk as an object, as an array, or alone", () => {
    expect(readingsOf({ readings: [1, 2] })).toEqual([1, 2]);
    expect(readingsOf([1, 2])).toEqual([1, 2]);
    expect(readingsOf({ device_id: "123" })).toEqual([{ device_id: "123" }]);
  });

  test("come as newline-delimited JSON, whose bad lines spoil no other", () => {
    const text = '{"device_id":"123","payload":{"a":1}}\r\n\n{"device_id":\n  {"device_id":"123","payload":{"a":2}}';
    const { messages, problems } = decode(decodeDeviceReadings, parseNdjson(text));
    expect(messages.map(({ values }) => values.a)).toEqual([1, 2]);
    expect(problems).toEqual([{ item: 1, code: "body.malformed_json" }]);
  });
});

import { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import { describe, expect, test } from "vitest";
import { ReadingDecoder } from "../readings/reading-decoder.ts";
import { type DecodedMessage, KnownDevices } from "../testing/known-devices.ts";
import { decodeGatewayTelemetry, decodeTelemetry, gatewayTelemetryLength } from "./telemetry.ts";
import { inboundChannel, maySubscribe } from "./topics.ts";

const NOW_MICROS = 1_800_000_000_000_000;

function decode(how: (decoder: ReadingDecoder, devices: KnownDevices) => void): {
  messages: readonly DecodedMessage[];
  problems: readonly (readonly [number, string])[];
} {
  const devices = new KnownDevices(["d1", "d2"]);
  const clock = { nowMicros: NOW_MICROS, stampMicros: () => NOW_MICROS };
  const decoder = new ReadingDecoder(new MessageBatch(), devices, clock);
  how(decoder, devices);
  if (decoder.isPending) {
    devices.settle();
    decoder.restart(clock);
    how(decoder, devices);
  }
  return {
    messages: devices.messages(decoder.batch),
    problems: decoder.problems.list.map(({ item, fault }) => [item, fault.code]),
  };
}

function telemetry(json: unknown): ReturnType<typeof decode> {
  return decode((decoder, devices) => decodeTelemetry(json, devices.known("d1"), decoder));
}

describe("telemetry", () => {
  test.each([
    ["flat", { ph: 7.2, temp: 15.4 }, [{ device: 1, micros: NOW_MICROS, values: { ph: 7.2, temp: 15.4 } }]],
    ["with its time", { ts: 5, values: { ph: 7.2 } }, [{ device: 1, micros: 5_000, values: { ph: 7.2 } }]],
    ["flat with its time", { ts: 5, ph: 7.2 }, [{ device: 1, micros: 5_000, values: { ph: 7.2 } }]],
    [
      "with RFC 3339",
      { ts: "1970-01-01T00:00:01Z", values: { ph: 1 } },
      [{ device: 1, micros: 1_000_000, values: { ph: 1 } }],
    ],
    ["in an object of its own", { values: { ph: 1 } }, [{ device: 1, micros: NOW_MICROS, values: { "values.ph": 1 } }]],
    [
      "in an array of both",
      [{ ph: 1 }, { ts: 7, values: { ph: 2 } }],
      [
        { device: 1, micros: NOW_MICROS, values: { ph: 1 } },
        { device: 1, micros: 7_000, values: { ph: 2 } },
      ],
    ],
  ])("comes %s", (_, json, messages) => {
    expect(telemetry(json)).toEqual({ messages, problems: [] });
  });

  test.each([7, "text", null, [[1]], [null]])("%j is none", (json) => {
    expect(telemetry(json).problems).toEqual([[0, "reading.not_an_object"]]);
  });

  test("an empty array says nothing and is no problem", () => {
    expect(telemetry([])).toEqual({ messages: [], problems: [] });
  });

  test("bad elements do not spoil good ones", () => {
    const { messages, problems } = telemetry([{ ts: "soon", values: { a: 1 } }, { a: 2 }, { ts: 1, values: {} }]);
    expect(messages.map(({ values }) => values)).toEqual([{ a: 2 }]);
    expect(problems).toEqual([
      [0, "reading.time_invalid"],
      [2, "reading.empty"],
    ]);
  });
});

test("a gateway's telemetry is its devices', counted through", () => {
  const json = { d1: [{ ts: 1, values: { a: 1 } }, { a: 2 }], d2: { a: 3 }, d9: [{ a: 4 }], "no/uid": [{ a: 5 }] };
  expect(gatewayTelemetryLength(json)).toBe(5);
  const { messages, problems } = decode((decoder) => decodeGatewayTelemetry(json, decoder));
  expect(messages.map(({ device, values }) => [device, values.a])).toEqual([
    [1, 1],
    [1, 2],
    [2, 3],
  ]);
  expect(problems).toEqual([
    [3, "device.unknown"],
    [4, "device.uid_invalid"],
  ]);
});

describe("topics", () => {
  test.each([
    ["devices/d1/telemetry", "telemetry"],
    ["devices/d1/attributes", "attributes"],
    ["devices/d1/hello", "hello"],
    ["devices/d1/evidence", "evidence"],
    ["v1/devices/me/telemetry", "telemetry"],
    ["v1/devices/me/attributes", "attributes"],
    ["v1/devices/me/rpc/response/17", "unanswered"],
    ["v1/gateway/telemetry", "gateway-telemetry"],
    ["v1/gateway/connect", "gateway-connect"],
    ["devices/d1/command", undefined],
    ["devices/d1/toString", undefined],
    ["devices/d1/telemetry/", undefined],
    ["devices/d10/telemetry", undefined],
    ["devices/d2/telemetry", undefined],
    ["v1/devices/d2/telemetry", undefined],
    ["v1/devices/me/rpc/response/x", undefined],
    ["$SYS/heartbeat", undefined],
    ["", undefined],
  ])("the device d1 says on %s: %s", (topic, channel) => {
    expect(inboundChannel(topic, "d1")).toBe(channel);
  });

  test.each([
    ["devices/d1/command", true],
    ["devices/d1/config", true],
    ["v1/devices/me/rpc/request/+", true],
    ["v1/devices/me/attributes/response/+", true],
    ["devices/d2/command", false],
    ["devices/+/command", false],
    ["devices/d1/#", false],
    ["devices/d1/+", false],
    ["devices/d1/telemetry", false],
    ["v1/devices/me/rpc/+/+", false],
    ["#", false],
    ["+/+/+", false],
    ["$SYS/#", false],
    ["$share/group/devices/d1/command", false],
  ])("the device d1 may subscribe to %s: %s", (filter, may) => {
    expect(maySubscribe(filter, "d1")).toBe(may);
  });
});

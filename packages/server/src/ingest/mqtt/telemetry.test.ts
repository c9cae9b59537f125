import type { MqttClient } from "mqtt";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { newProfile } from "../testing/memory-directory.ts";
import { MemoryLog } from "../testing/memory-log.ts";
import { closed, MqttFixture, turns, until } from "../testing/mqtt-fixture.ts";
import { connectPacket, DISCONNECT, publishPacket } from "../testing/mqtt-packets.ts";

let gateway: MqttFixture;
let device: MqttClient;

beforeEach(async () => {
  gateway = await new MqttFixture().start();
  gateway.directory.add({ uid: "d1" });
  gateway.directory.add({ uid: "d2" });
  device = await gateway.connect("d1");
});

afterEach(async () => {
  await gateway.stop();
});

/** Publishes and keeps note of when it was acknowledged. */
function publish(
  client: MqttClient,
  topic: string,
  payload: string | Buffer | object,
  qos: 0 | 1 | 2 = 1,
): Acknowledged {
  const acknowledged: Acknowledged = { isDone: false, done: Promise.resolve() };
  const bytes = typeof payload === "string" || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload);
  acknowledged.done = client.publishAsync(topic, bytes, { qos }).then(() => {
    acknowledged.isDone = true;
  });
  return acknowledged;
}

interface Acknowledged {
  isDone: boolean;
  done: Promise<void>;
}

describe("telemetry", () => {
  test.each(["devices/d1/telemetry", "v1/devices/me/telemetry"])(
    "on %s is stored, each of its forms",
    async (topic) => {
      await publish(device, topic, { a: 1 }).done;
      await publish(device, topic, { ts: 5, values: { a: 2, open: true } }).done;
      await publish(device, topic, [{ a: 3 }, { ts: "1970-01-01T00:00:01Z", values: { a: 4 } }]).done;
      expect(gateway.valuesOf("a")).toEqual([1, 2, 3, 4]);
      expect(gateway.log.stored[1]).toMatchObject({ deviceId: 1, timeMicros: 5_000, extras: '{"open":true}' });
    },
  );

  test.each([1, 2] as const)("of QoS %d is acknowledged after its commit, not before", async (qos) => {
    gateway.log.hold();
    const acknowledged = publish(device, "devices/d1/telemetry", { a: 1 }, qos);
    await until(() => gateway.log.uncommitted === 1);
    await turns(50);
    expect(acknowledged.isDone).toBe(false);
    gateway.log.release();
    await acknowledged.done;
    expect(gateway.valuesOf("a")).toEqual([1]);
  });

  test("of QoS 0 is stored too, of a client that says goodbye at once as well", async () => {
    await publish(device, "devices/d1/telemetry", { a: 1 }, 0).done;
    const socket = await gateway.socket();
    socket.write(connectPacket("d2"));
    await new Promise((resolve) => socket.once("data", resolve));
    socket.end(Buffer.concat([publishPacket("devices/d2/telemetry", '{"a":2}'), DISCONNECT]));
    await until(() => gateway.log.stored.length === 2);
    expect([...gateway.valuesOf("a")].sort()).toEqual([1, 2]);
  });

  test("of many clients is gathered into few offers, each client's in its order", async () => {
    const clients = await Promise.all(
      Array.from({ length: 20 }, (_, i) => gateway.connect("d2", { clientId: `c${i}` }).catch(() => undefined)),
    );
    expect(clients.filter((client) => client !== undefined)).toHaveLength(20);
    await publish(device, "devices/d1/telemetry", { a: 0 }).done;
    const before = gateway.log.offers;
    const sent = Array.from({ length: 100 }, (_, i) => publish(device, "devices/d1/telemetry", { a: i + 1 }));
    await Promise.all(sent.map(({ done }) => done));
    expect(gateway.valuesOf("a")).toEqual(Array.from({ length: 101 }, (_, i) => i));
    expect(gateway.log.offers - before).toBeLessThan(50);
  });

  test("is acknowledged in the order received, though something had to be looked up or set aside", async () => {
    const order: number[] = [];
    const payloads = [{ fresh: 1 }, "not JSON", { fresh: 2 }, { other: 3 }, { fresh: 1e99 }];
    const sent = payloads.map((payload, i) =>
      publish(device, "devices/d1/telemetry", payload).done.then(() => order.push(i)),
    );
    await Promise.all(sent);
    expect(order).toEqual([0, 1, 2, 3, 4]);
  });

  test("whose commit failed is not acknowledged: its sender is disconnected and sends it again", async () => {
    gateway.log.hold();
    const gone = closed(device);
    publish(device, "devices/d1/telemetry", { a: 1 }).done.catch(() => {});
    await until(() => gateway.log.uncommitted === 1);
    gateway.log.failCommit();
    await gone;
    gateway.log.release();
    const again = await gateway.connect("d1");
    await publish(again, "devices/d1/telemetry", { a: 1 }).done;
    expect(gateway.valuesOf("a")).toEqual([1]);
  });

  test("of two organizations' equal uids and client ids never meets", async () => {
    const other = gateway.directory.add({ uid: "d1", organizationId: 2 });
    const mine = await gateway.connect("d1", { clientId: "same" });
    const theirs = await gateway.connect("d1", { clientId: "same", organizationId: 2 });
    await publish(mine, "devices/d1/telemetry", { a: 1 }).done;
    await publish(theirs, "devices/d1/telemetry", { a: 2 }).done;
    expect(mine.connected).toBe(true);
    expect(gateway.log.stored.map(({ deviceId }) => deviceId)).toEqual([1, other.id]);
  });

  test("of a ThingsBoard gateway is its devices', which are registered; no other device may send it", async () => {
    const { id: gatewayId } = gateway.directory.add({ uid: "gw", profile: newProfile(7, "gateway") });
    gateway.directory.add({ uid: "assigned", gatewayId });
    const gw = await gateway.connect("gw");
    await publish(gw, "v1/gateway/connect", { device: "Device A" }).done;
    await publish(gw, "v1/gateway/telemetry", { "Device A": [{ ts: 5, values: { a: 1 } }], assigned: [{ a: 2 }] }).done;
    await publish(gw, "v1/gateway/attributes", { "Device A": { model: "x" } }).done;
    const uids = gateway.log.stored.map(({ deviceId }) => gateway.directory.uids[deviceId - 1]);
    expect(uids).toEqual(["Device A", "assigned"]);
    expect(gateway.attributes).toEqual([[5, { model: "x" }]]);

    const gone = closed(device);
    publish(device, "v1/gateway/telemetry", { d2: [{ a: 3 }] }).done.catch(() => {});
    await gone;
    expect(gateway.log.stored).toHaveLength(2);
  });

  test("of a device that is not a gateway's is set aside, whoever it belongs to", async () => {
    gateway.directory.add({ uid: "gw", profile: newProfile(7, "gateway") });
    gateway.directory.add({ uid: "another's", gatewayId: 99 });
    const gw = await gateway.connect("gw");
    await publish(gw, "v1/gateway/telemetry", { d2: [{ a: 1 }], "another's": [{ a: 2 }], gw: [{ a: 3 }] }).done;
    await publish(gw, "v1/gateway/attributes", { d2: { model: "x" } }).done;
    await publish(gw, "v1/gateway/connect", { device: "d2" }).done;
    expect(gateway.log.stored.map(({ deviceId }) => gateway.directory.uids[deviceId - 1])).toEqual(["gw"]);
    expect(gateway.rejected.map(({ code }) => code)).toEqual(["device.foreign", "device.foreign", "device.foreign"]);
    expect(gateway.attributes).toEqual([]);
  });

  test("of a gateway counts against the gateway's own rate, whichever device it is of", async () => {
    gateway.directory.add({ uid: "gw", profile: newProfile(7, "gateway", 1, 2) });
    const gw = await gateway.connect("gw");
    await publish(gw, "v1/gateway/telemetry", { a: [{ a: 1 }], b: [{ a: 2 }] }).done;
    const held = publish(gw, "v1/gateway/telemetry", { c: [{ a: 3 }] });
    await until(() => gateway.ingest.counters().rateLimited > 0);
    expect(gateway.log.stored).toHaveLength(2);
    gateway.clock.advance(1_000);
    await held.done;
    expect(gateway.log.stored).toHaveLength(3);
  });
});

describe("what a device asks in ThingsBoard's way", () => {
  test("attributes are answered from what is known of it, to whoever listens", async () => {
    await publish(device, "v1/devices/me/attributes", { model: "x", site: 7, secret: null }).done;
    const answers = listen(device);
    await device.subscribeAsync("v1/devices/me/attributes/response/+", { qos: 1 });
    await publish(device, "v1/devices/me/attributes/request/7", { clientKeys: "model, none", sharedKeys: "site" }).done;
    await publish(device, "v1/devices/me/attributes/request/8", {}).done;
    await until(() => answers.length === 2);
    expect(answers).toEqual([
      ["v1/devices/me/attributes/response/7", { client: { model: "x" }, shared: { site: 7 } }],
      ["v1/devices/me/attributes/response/8", { client: { model: "x", site: 7, secret: null } }],
    ]);
  });

  test("a call of a procedure is told that there is none; who does not listen is told nothing", async () => {
    const answers = listen(device);
    await publish(device, "v1/devices/me/rpc/request/1", { method: "getTime", params: {} }).done;
    await device.subscribeAsync("v1/devices/me/rpc/response/+", { qos: 1 });
    await publish(device, "v1/devices/me/rpc/request/2", { method: "getTime", params: {} }).done;
    await until(() => answers.length === 1);
    expect(answers).toEqual([["v1/devices/me/rpc/response/2", { error: expect.any(String) }]]);
  });
});

function listen(client: MqttClient): [topic: string, body: unknown][] {
  const heard: [string, unknown][] = [];
  client.on("message", (topic, payload) => void heard.push([topic, JSON.parse(payload.toString())]));
  return heard;
}

describe("what cannot be stored", () => {
  test.each([
    ["malformed JSON", "{", "body.malformed_json"],
    ["nothing", "", "body.malformed_json"],
    ["not UTF-8", Buffer.from([0x7b, 0xff]), "body.not_utf8"],
    ["a time ahead", '{"ts":99999999999999,"values":{"a":1}}', "reading.time_ahead"],
    ["a time before 1970", '{"ts":-5,"values":{"a":1}}', "reading.time_before_1970"],
    ["a text", '"hello"', "reading.not_an_object"],
    ["1,000 levels", `${'{"a":'.repeat(1000)}1${"}".repeat(1000)}`, "reading.too_deep"],
    ["an array of 20,000", JSON.stringify(new Array(20_000).fill(1)), "publish.too_many_messages"],
  ])("%s is set aside and only then acknowledged", async (_, payload, code) => {
    let commit = () => {};
    gateway.rejectedCommit = new Promise((resolve) => {
      commit = resolve;
    });
    const acknowledged = publish(device, "devices/d1/telemetry", payload);
    await until(() => gateway.ingest.counters().refused === 1);
    await turns(50);
    expect(acknowledged.isDone).toBe(false);
    commit();
    await acknowledged.done;
    expect(gateway.rejected).toMatchObject([{ organizationId: 1, deviceUid: "d1", source: "mqtt", code }]);
    expect(gateway.rejected[0]!.payload).toEqual(Buffer.from(payload));
    expect(gateway.log.stored).toEqual([]);
  });

  test("does not keep the rest of its array from being stored", async () => {
    await publish(device, "devices/d1/telemetry", [{ a: 1 }, { "": 1 }, { a: 2 }, 7]).done;
    expect(gateway.valuesOf("a")).toEqual([1, 2]);
    expect(gateway.rejected).toMatchObject([{ code: "reading.key_empty" }]);
    expect(gateway.rejected[0]!.reason).toMatch(/^2 of 4 messages; the first, at index 1: /);
  });

  test("because the log finds it poison is set aside, and nothing else of the group", async () => {
    gateway.log.poison = 13;
    await publish(device, "devices/d1/telemetry", { a: 0 }).done;
    const sent = [1, 13, 2].map((a) => publish(device, "devices/d1/telemetry", { a }));
    await Promise.all(sent.map(({ done }) => done));
    expect(gateway.valuesOf("a")).toEqual([0, 1, 2]);
    expect(gateway.rejected).toMatchObject([{ code: "reading.poison", payload: Buffer.from('{"a":13}') }]);
  });

  test("is not acknowledged when it could not be set aside", async () => {
    const gone = closed(device);
    gateway.rejectedCommit = Promise.reject(new Error("no database"));
    gateway.rejectedCommit.catch(() => {});
    const acknowledged = publish(device, "devices/d1/telemetry", "{");
    acknowledged.done.catch(() => {});
    await gone;
    expect(acknowledged.isDone).toBe(false);
  });
});

describe("rates", () => {
  test("hold a sender back; what it sent is stored in time and nothing is dropped", async () => {
    gateway.directory.add({ uid: "slow", profile: newProfile(9, "water-quality", 1, 1) });
    const slow = await gateway.connect("slow");
    const sent = [1, 2, 3].map((a) => publish(slow, "devices/slow/telemetry", { a }));
    await sent[0]!.done;
    await turns(50);
    expect(gateway.log.stored).toHaveLength(1);
    gateway.clock.advance(1000);
    await sent[1]!.done;
    await turns(50);
    expect(gateway.log.stored).toHaveLength(2);
    gateway.clock.advance(1000);
    await sent[2]!.done;
    expect(gateway.log.stored).toHaveLength(3);
  });

  test("do not keep what a sender left behind waiting for ever", async () => {
    gateway.directory.add({ uid: "slow", profile: newProfile(9, "water-quality", 1, 1) });
    const slow = await gateway.connect("slow");
    for (let a = 0; a < 20; a++) slow.publish("devices/slow/telemetry", `{"a":${a}}`, { qos: 0 });
    await until(() => gateway.ingest.counters().rateLimited > 0 && gateway.log.stored.length === 1);
    slow.end(true);
    await until(() => gateway.ingest.counters().qos0Dropped === 19);
    await until(() => gateway.ingest.counters().heldBytes === 0);
  });

  test("hold back no other device, and not the sender's own evidence", async () => {
    gateway.directory.add({ uid: "slow", profile: newProfile(9, "water-quality", 1, 1) });
    const slow = await gateway.connect("slow");
    for (let a = 0; a < 50; a++) publish(slow, "devices/slow/telemetry", { a }).done.catch(() => {});
    await publish(slow, "devices/slow/evidence", '{"id":1}').done;
    await publish(device, "devices/d1/telemetry", { a: 1 }).done;
    expect(gateway.told).toContain('evidence 3 {"id":1}');
  });
});

describe("a log that is full", () => {
  let full: MqttFixture;

  beforeEach(async () => {
    full = await new MqttFixture({}, new MemoryLog(10)).start();
    for (const uid of ["d1", "d2"]) full.directory.add({ uid });
  });

  afterEach(async () => {
    await full.stop();
  });

  test("drops and counts QoS 0, and keeps QoS 1 waiting unacknowledged until there is room", async () => {
    const [flooding, careful] = [await full.connect("d1"), await full.connect("d2")];
    await publish(careful, "devices/d2/telemetry", { a: 0 }).done;
    full.log.hold();
    const kept = Array.from({ length: 30 }, (_, i) => publish(careful, "devices/d2/telemetry", { a: i + 1 }));
    await until(() => !full.log.hasRoom(1));
    for (let i = 0; i < 1_000; i++) flooding.publish("devices/d1/telemetry", '{"flood":1}', { qos: 0 });
    await until(() => full.ingest.counters().qos0Dropped >= 900);
    expect(kept.some(({ isDone }) => isDone)).toBe(false);
    full.log.release();
    await Promise.all(kept.map(({ done }) => done));
    const mine = full.log.stored.filter(({ deviceId }) => deviceId === 2);
    expect(mine).toHaveLength(31);
  });

  test("takes a publish of more messages than it has room for when it has", async () => {
    const client = await full.connect("d1");
    await publish(client, "devices/d1/telemetry", { a: 0 }).done;
    full.log.hold();
    publish(client, "devices/d1/telemetry", [{ a: 1 }, { a: 2 }, { a: 3 }, { a: 4 }]).done.catch(() => {});
    await until(() => full.log.uncommitted === 4);
    const larger = publish(
      client,
      "devices/d1/telemetry",
      Array.from({ length: 8 }, (_, i) => ({ a: 5 + i })),
    );
    await turns(50);
    full.clock.advance(100);
    await turns(50);
    expect([full.log.uncommitted, larger.isDone]).toEqual([4, false]);
    full.log.release();
    full.clock.advance(100);
    await larger.done;
    expect(full.log.stored).toHaveLength(13);
  });

  test("keeps the connection of a sender with 1,000 in flight, its pings and evidence answered", async () => {
    const sender = await full.connect("d1", { keepalive: 2 });
    full.log.hold();
    const sent = Array.from({ length: 1_000 }, (_, i) =>
      publish(sender, "devices/d1/telemetry", { ts: i, values: { a: i } }),
    );
    await until(() => !full.log.hasRoom(1));
    const pong = new Promise((resolve) => {
      sender.on("packetreceive", ({ cmd }) => {
        if (cmd === "pingresp") resolve(undefined);
      });
    });
    sender.sendPing();
    await pong;
    await publish(sender, "devices/d1/evidence", '{"id":1}').done;
    expect(sent.some(({ isDone }) => isDone)).toBe(false);
    full.log.release();
    await Promise.all(sent.map(({ done }) => done));
    expect(sender.connected).toBe(true);
    expect(full.log.stored).toHaveLength(1_000);
  });
});

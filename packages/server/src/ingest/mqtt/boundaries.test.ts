import type { Socket } from "node:net";
import type { MqttClient } from "mqtt";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { newProfile } from "../testing/memory-directory.ts";
import { closed, MqttFixture, turns, until } from "../testing/mqtt-fixture.ts";
import {
  CONNACK_ACCEPTED,
  connectPacket,
  KEPT,
  PINGREQ,
  packet,
  publishPacket,
  remainingLength,
  subscribePacket,
} from "../testing/mqtt-packets.ts";
import { TEST_CERTIFICATE, TEST_KEY } from "../testing/tls-certificate.ts";

let gateway: MqttFixture;

beforeEach(async () => {
  gateway = await new MqttFixture({ maxPacketBytes: 64 * 1024, maxConnectionsPerDevice: 3 }).start();
  for (const uid of ["d1", "d2"]) gateway.directory.add({ uid });
});

afterEach(async () => {
  await gateway.stop();
  vi.useRealTimers();
});

describe("a connection", () => {
  test.each([
    ["its uid and token", { username: "d1", password: "1:d1" }],
    ["its token alone, as ThingsBoard's devices do", { username: "1:d1" }],
    ["its token and an empty password", { username: "1:d1", password: "" }],
  ])("is a device's with %s", async (_, options) => {
    const client = await gateway.connectAs(options);
    await client.publishAsync("v1/devices/me/telemetry", '{"a":1}', { qos: 1 });
    expect(gateway.log.stored).toMatchObject([{ deviceId: 1 }]);
  });

  test.each([
    ["no name", {}],
    ["a wrong token", { username: "d1", password: "wrong" }],
    ["another device's token", { username: "d1", password: "1:d2" }],
    ["another organization's token for a uid of its own", { username: "elsewhere", password: "1:d1" }],
    ["an API client's token", { username: "client" }],
    ["a token without end", { username: "x".repeat(60_000) }],
    ["a client id without end", { username: "d1", password: "1:d1", clientId: "x".repeat(300) }],
    ["MQTT 5", { username: "d1", password: "1:d1", protocolVersion: 5 as const }],
    ["a will on another device's topic", { username: "d1", password: "1:d1", will: will("devices/d2/telemetry") }],
    ["a will on its own evidence", { username: "d1", password: "1:d1", will: will("devices/d1/evidence") }],
  ])("is refused with %s", async (_, options) => {
    await expect(gateway.connectAs(options)).rejects.toThrow();
    await until(() => gateway.ingest.counters().connections === 0);
  });

  test("is refused to a deactivated device, and ends when a device is", async () => {
    const client = await gateway.connect("d1");
    const gone = closed(client);
    gateway.directory.replace(1, { active: false });
    await gateway.ingest.mqtt.recheckDevice(1);
    await gone;
    await expect(gateway.connect("d1")).rejects.toThrow(/Not authorized/i);
  });

  test("takes the place of an earlier one with the same client id", async () => {
    const first = await gateway.connect("d1", { clientId: "c" });
    const gone = closed(first);
    const second = await gateway.connect("d1", { clientId: "c" });
    await gone;
    await second.publishAsync("devices/d1/telemetry", '{"a":1}', { qos: 1 });
  });

  test("too many of one device ends its oldest", async () => {
    const first = await gateway.connect("d1");
    const gone = closed(first);
    await Promise.all([1, 2, 3].map(() => gateway.connect("d1")));
    await gone;
    await until(() => gateway.ingest.counters().connections === 3);
  });

  test("too many of all are not accepted", async () => {
    const small = await new MqttFixture({ maxConnections: 1 }).start();
    small.directory.add({ uid: "d1" });
    await small.connect("d1");
    await expect(small.connect("d1")).rejects.toThrow();
    expect(small.ingest.counters().connectionsRefused).toBe(1);
    await small.stop();
  });

  test("ends its session: none is kept, and CONNACK says so", async () => {
    for (let i = 0; i < 2; i++) {
      const socket = await gateway.socket();
      socket.write(connectPacket("d1", 0, KEPT));
      const connack = await new Promise<Buffer>((resolve) => socket.once("data", resolve));
      expect(connack).toEqual(CONNACK_ACCEPTED);
      socket.write(subscribePacket("devices/d1/command"));
      await until(() => gateway.ingest.publisher.isListening(1));
      socket.destroy();
      await until(() => !gateway.ingest.publisher.isListening(1));
    }
  });

  test("may be encrypted, on a port of its own", async () => {
    const secure = new MqttFixture();
    secure.directory.add({ uid: "d1" });
    await secure.start({ port: 0, cert: TEST_CERTIFICATE, key: TEST_KEY });
    const client = await secure.connect("d1", { protocol: "mqtts", port: secure.tlsPort, ca: TEST_CERTIFICATE });
    await client.publishAsync("devices/d1/telemetry", '{"a":1}', { qos: 1 });
    expect(secure.valuesOf("a")).toEqual([1]);
    await expect(secure.connect("d1", { port: secure.tlsPort })).rejects.toThrow();
    await until(() => secure.ingest.counters().connectionsRefused === 1);
    await secure.stop();
  });

  test("that breaks leaves its will, which is stored", async () => {
    const client = await gateway.connect("d1", {
      will: { ...will("devices/d1/telemetry"), payload: Buffer.from('{"a":9}') },
    });
    client.stream.destroy();
    await until(() => gateway.log.stored.length === 1);
    expect(gateway.valuesOf("a")).toEqual([9]);
  });
});

describe("a device publishes on no topic but its own", () => {
  test.each([
    "devices/d2/telemetry",
    "devices/d2/evidence",
    "devices/d1/command",
    "devices/d1/config",
    "devices/d1/telemetry/more",
    "v1/devices/d2/telemetry",
    "v1/gateway/telemetry",
    "$SYS/broker/load",
    "anything",
    "/",
  ])("%s", async (topic) => {
    const client = await gateway.connect("d1");
    const gone = closed(client);
    let isAcknowledged = false;
    client.publishAsync(topic, '{"a":1}', { qos: 1 }).then(
      () => {
        isAcknowledged = true;
      },
      () => {},
    );
    await gone;
    expect(isAcknowledged).toBe(false);
    expect(gateway.log.stored).toEqual([]);
    expect(gateway.told).toEqual([]);
  });

  test.each(["devices/+/telemetry", "devices/#", "#", ""])("nor on the wildcard %j", async (topic) => {
    const socket = await openRaw("d1");
    const gone = closed(socket);
    socket.write(publishPacket(topic, '{"a":1}'));
    await gone;
    expect(gateway.log.stored).toEqual([]);
  });
});

describe("a device subscribes to no topic but its own", () => {
  test("and is told so", async () => {
    const client = await gateway.connect("d1");
    const granted = await client
      .subscribeAsync(["devices/d1/command", "v1/devices/me/rpc/request/+"], { qos: 1 })
      .then((grants) => grants.map(({ qos }) => qos));
    expect(granted).toEqual([1, 1]);
    for (const filter of ["#", "+/+/+", "devices/d2/command", "devices/+/command", "$SYS/#", "devices/d1/#"]) {
      await expect(client.subscribeAsync(filter, { qos: 1 })).rejects.toThrow(/128|Unspecified/i);
    }
  });

  test("and gets nothing that another publishes, retained or not", async () => {
    const heard: string[] = [];
    const listener = await gateway.connect("d1");
    listener.on("message", (topic) => heard.push(topic));
    await listener.subscribeAsync(["devices/d1/command", "v1/devices/me/attributes", "v1/devices/me/rpc/request/+"]);
    const speaker = await gateway.connect("d2");
    await speaker.publishAsync("v1/devices/me/attributes", '{"a":1}', { qos: 1, retain: true });
    await speaker.publishAsync("v1/devices/me/rpc/response/1", "{}", { qos: 1, retain: true });
    const late = await gateway.connect("d2");
    late.on("message", (topic) => heard.push(topic));
    await late.subscribeAsync("v1/devices/me/attributes");
    await gateway.ingest.publisher.publish(1, "command", "{}");
    await until(() => heard.length > 0);
    expect(heard).toEqual(["devices/d1/command"]);
  });
});

describe("what is not MQTT", () => {
  test.each([
    ["text", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
    ["a reserved packet type", Buffer.from([0x00, 0x00])],
    ["a publish before a connect", publishPacket("devices/d1/telemetry", '{"a":1}')],
    ["a ping before a connect", PINGREQ],
    ["another protocol", packet(0x10, Buffer.from([0, 4]), Buffer.from("HTTP"), Buffer.from([4, 2, 0, 0, 0, 0]))],
    ["a length of five bytes", Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff, 0x7f])],
    ["a connect cut short within", packet(0x10, Buffer.from([0, 4]), Buffer.from("MQ"))],
    ["a connect of 100 MB", Buffer.concat([Buffer.from([0x10]), remainingLength(100_000_000), Buffer.alloc(1000)])],
  ])("closes a new connection: %s", async (_, bytes) => {
    const socket = await gateway.socket();
    const gone = closed(socket);
    socket.write(bytes);
    await gone;
    expect(gateway.log.stored).toEqual([]);
  });

  test.each([
    ["a second connect", connectPacket("d1")],
    ["QoS 3", Buffer.concat([Buffer.from([0x36]), publishPacket("devices/d1/telemetry", '{"a":1}').subarray(1)])],
    ["a packet id of 0", publishPacket("devices/d1/telemetry", '{"a":1}', 1, 0)],
    ["a publish without a topic", packet(0x30, Buffer.from([0, 9]), Buffer.from("x"))],
    ["a subscribe without filters", packet(0x82, Buffer.from([0, 1]))],
    ["a reserved packet type", Buffer.from([0xf0, 0x00])],
    ["a publish of 70 kB", publishPacket("devices/d1/telemetry", Buffer.alloc(70_000, 0x20))],
    ["the beginning of a publish of 200 MB", Buffer.concat([Buffer.from([0x30]), remainingLength(200_000_000)])],
  ])("closes an open one: %s", async (_, bytes) => {
    const socket = await openRaw("d1");
    const gone = closed(socket);
    socket.write(bytes);
    await gone;
    expect(gateway.log.stored).toEqual([]);
    const other = await gateway.connect("d2");
    await other.publishAsync("devices/d2/telemetry", '{"a":1}', { qos: 1 });
  });

  test("does no harm, whatever the bytes", async () => {
    for (let seed = 1; seed <= 200; seed++) {
      const socket = await openRaw("d1");
      const bytes = Buffer.from(
        Array.from({ length: 64 }, (_, i) => (seed * 2_654_435_761 + i * i * 40_503) >>> 16).map((n) => n & 0xff),
      );
      socket.end(bytes);
      socket.resume();
      await closed(socket);
    }
    await until(() => gateway.ingest.counters().connections === 0);
    const client = await gateway.connect("d2");
    await client.publishAsync("devices/d2/telemetry", '{"a":1}', { qos: 1 });
  });

  test("comes in any pieces", async () => {
    const socket = await gateway.socket();
    const answers: Buffer[] = [];
    socket.on("data", (data) => answers.push(data));
    const all = Buffer.concat([connectPacket("d1"), publishPacket("devices/d1/telemetry", '{"a":1}', 1, 5), PINGREQ]);
    for (const byte of all) {
      socket.write(Buffer.from([byte]));
      await turns(1);
    }
    const expected = Buffer.concat([CONNACK_ACCEPTED, Buffer.from([0xd0, 0]), Buffer.from([0x40, 2, 0, 5])]);
    await until(() => Buffer.concat(answers).length === expected.length);
    expect(gateway.valuesOf("a")).toEqual([1]);
  });

  test("need not wait for CONNACK", async () => {
    const socket = await gateway.socket();
    const publishes = Array.from({ length: 500 }, (_, i) => publishPacket("devices/d1/telemetry", `{"a":${i}}`));
    socket.write(Buffer.concat([connectPacket("d1"), ...publishes]));
    await until(() => gateway.log.stored.length === 500);
    expect(gateway.valuesOf("a")).toEqual(Array.from({ length: 500 }, (_, i) => i));
  });
});

describe("silence", () => {
  test("ends a connection that says no CONNECT, and one that misses its keepalive", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const mute = await gateway.socket();
    await until(() => gateway.ingest.counters().connections === 1);
    const halfOpen = await openRaw("d1", 2);
    const gone = [closed(mute), closed(halfOpen)];
    vi.advanceTimersByTime(2_999);
    await turns(20);
    expect(gateway.ingest.counters().connections).toBe(2);
    vi.advanceTimersByTime(2);
    await gone[1];
    vi.advanceTimersByTime(7_000);
    await gone[0];
  });
});

describe("commands", () => {
  test("reach the session that listens, and no other organization's device of the same uid", async () => {
    gateway.directory.add({ uid: "d1", organizationId: 2 });
    const heard: string[] = [];
    const listen = async (organizationId: number): Promise<MqttClient> => {
      const client = await gateway.connect("d1", { organizationId, clientId: "same" });
      client.on("message", (topic, payload, { qos, retain }) =>
        heard.push(`${organizationId} ${topic} ${payload} ${qos} ${retain}`),
      );
      await client.subscribeAsync(["devices/d1/command", "devices/d1/config"], { qos: 1 });
      return client;
    };
    const { publisher } = gateway.ingest;
    expect(await publisher.publish(1, "command", "{}")).toBe(false);
    const mine = await listen(1);
    await listen(2);
    expect(gateway.told).toEqual(["listening 1", "listening 3"]);
    expect(publisher.listeningDeviceIds()).toEqual([1, 3]);
    expect(await publisher.publish(1, "command", '{"id":1}')).toBe(true);
    expect(await publisher.publish(3, "config", '{"v":1}')).toBe(true);
    await until(() => heard.length === 2);
    expect(heard.sort()).toEqual(['1 devices/d1/command {"id":1} 1 false', '2 devices/d1/config {"v":1} 1 false']);

    await mine.unsubscribeAsync("devices/d1/command");
    expect(publisher.isListening(1)).toBe(false);
    expect(gateway.told.at(-1)).toBe("gone 1");
  });

  test("go to the session that subscribed last, and to the one before when that ends", async () => {
    const heard: string[] = [];
    const listen = async (clientId: string): Promise<MqttClient> => {
      const client = await gateway.connect("d1", { clientId });
      client.on("message", () => heard.push(clientId));
      await client.subscribeAsync("devices/d1/command", { qos: 1 });
      return client;
    };
    const { publisher } = gateway.ingest;
    await listen("first");
    const second = await listen("second");
    await publisher.publish(1, "command", "{}");
    await until(() => heard.length === 1);
    await second.endAsync();
    await until(() => gateway.ingest.counters().connections === 1);
    await publisher.publish(1, "command", "{}");
    await until(() => heard.length === 2);
    expect(heard).toEqual(["second", "first"]);
    expect(gateway.told).not.toContain("gone 1");
  });
});

describe("evidence, hello and attributes", () => {
  test("are told of in their order, and acknowledged once committed", async () => {
    let commit = () => {};
    gateway.evidenceCommit = new Promise((resolve) => {
      commit = resolve;
    });
    const client = await gateway.connect("d1");
    let acknowledged = 0;
    const said = ["hello", "evidence", "evidence"].map((channel, i) =>
      client.publishAsync(`devices/d1/${channel}`, `${i}`, { qos: 1 }).then(() => acknowledged++),
    );
    await until(() => gateway.told.length === 3);
    expect(gateway.told).toEqual(["hello 1 0", "evidence 1 1", "evidence 1 2"]);
    expect(acknowledged).toBeLessThanOrEqual(1);
    commit();
    await Promise.all(said);
  });

  test("whose commit failed are not acknowledged", async () => {
    gateway.evidenceCommit = Promise.reject(new Error("no database"));
    gateway.evidenceCommit.catch(() => {});
    const client = await gateway.connect("d1");
    const gone = closed(client);
    let isAcknowledged = false;
    client.publishAsync("devices/d1/evidence", "{}", { qos: 1 }).then(
      () => {
        isAcknowledged = true;
      },
      () => {},
    );
    await gone;
    expect(isAcknowledged).toBe(false);
  });

  test("attributes are recorded; those that are none are set aside", async () => {
    const client = await gateway.connect("d1");
    await client.publishAsync("devices/d1/attributes", '{"firmware":"1.2"}', { qos: 1 });
    await client.publishAsync("v1/devices/me/attributes", "[1]", { qos: 1 });
    await client.publishAsync("devices/d1/attributes", "{", { qos: 0 });
    await until(() => gateway.rejected.length === 2);
    expect(gateway.attributes).toEqual([[1, { firmware: "1.2" }]]);
    expect(gateway.rejected.map(({ code }) => code)).toEqual(["reading.not_an_object", "body.malformed_json"]);
  });

  test("of many that wait for their commit hold the socket back", async () => {
    let commit = () => {};
    gateway.evidenceCommit = new Promise((resolve) => {
      commit = resolve;
    });
    const socket = await openRaw("d1");
    const evidence = Array.from({ length: 20_000 }, (_, i) => publishPacket("devices/d1/evidence", `${i}`, 1, i + 1));
    socket.write(Buffer.concat(evidence));
    await until(() => gateway.told.length > 0);
    await turns(200);
    expect(gateway.told.length).toBeLessThan(2_000);
    commit();
    await until(() => gateway.told.length === 20_000);
  });
});

test("a client that reads nothing is sent little, not read itself, and closed in the end", async () => {
  const limits = { maxOutgoingBytes: 64 * 1024, drainTimeoutMs: 30_000 };
  const small = await new MqttFixture(limits).start();
  small.directory.add({ uid: "d1" });
  const socket = await small.socket();
  socket.write(Buffer.concat([connectPacket("d1"), subscribePacket("devices/d1/command")]));
  await until(() => small.ingest.publisher.isListening(1));
  socket.pause();
  let sent = 0;
  const payload = "x".repeat(200_000);
  // Until the kernel's buffers on both sides are full, and then the limit is passed.
  while (!(await refusedOrWaiting(small.ingest.publisher.publish(1, "command", payload)))) sent++;
  expect(await small.ingest.publisher.publish(1, "command", payload)).toBe(false);
  expect(sent).toBeLessThan(200);
  socket.write(PINGREQ);
  await turns(20);
  for (let seconds = 0; seconds < 29; seconds++) {
    small.clock.advance(1_000);
    await turns(2);
  }
  expect(small.ingest.counters().connections).toBe(1);
  small.clock.advance(2_000);
  await until(() => small.ingest.counters().connections === 0);
  await small.stop();
});

/** Whether a publish was refused, or is still waiting for its client to read after some turns. */
async function refusedOrWaiting(publishing: Promise<boolean>): Promise<boolean> {
  const isWaiting = turns(50).then(() => true);
  return Promise.race([publishing.then((isWritten) => !isWritten), isWaiting]);
}

test("a start that fails leaves nothing running", async () => {
  const taken = new MqttFixture();
  await taken.start();
  const second = new MqttFixture();
  await expect(second.start(undefined, taken.port)).rejects.toThrow(/EADDRINUSE/);
  await taken.stop();
});

test("stopping acknowledges what is being committed, then closes everything", async () => {
  const other = await new MqttFixture().start();
  other.directory.add({ uid: "d1", profile: newProfile(1, "generic") });
  const client = await other.connect("d1");
  await client.publishAsync("devices/d1/telemetry", '{"a":1}', { qos: 1 });
  other.log.hold();
  const acknowledged = client.publishAsync("devices/d1/telemetry", '{"a":2}', { qos: 1 });
  await until(() => other.log.uncommitted === 1);
  const gone = closed(client);
  const stopping = other.ingest.mqtt.stop();
  other.log.release();
  await acknowledged;
  await Promise.all([stopping, gone]);
  expect(other.ingest.counters().connections).toBe(0);
});

function will(topic: string): { topic: string; payload: Buffer; qos: 0; retain: boolean } {
  return { topic, payload: Buffer.from("{}"), qos: 0, retain: true };
}

async function openRaw(uid: string, keepaliveSeconds = 0): Promise<Socket> {
  const socket = await gateway.socket();
  socket.write(connectPacket(uid, keepaliveSeconds));
  const answer = await new Promise<Buffer>((resolve) => socket.once("data", resolve));
  expect(answer).toEqual(CONNACK_ACCEPTED);
  return socket;
}

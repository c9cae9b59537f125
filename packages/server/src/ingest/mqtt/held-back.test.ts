import type { Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { MemoryLog } from "../testing/memory-log.ts";
import { MqttFixture, turns, until } from "../testing/mqtt-fixture.ts";
import { connectPacket, publishPacket } from "../testing/mqtt-packets.ts";

const CAP = 100;
const SENT = 5_000;

let gateway: MqttFixture;
let sender: Socket;
let acknowledged: number[];

/** Connects with a keepalive of one second, so that silence ends the connection after 1.5 s. */
async function open(uid: string): Promise<Socket> {
  const socket = await gateway.socket();
  socket.write(connectPacket(uid, 1));
  await new Promise((resolve) => socket.once("data", resolve));
  return socket;
}

/** Moves the gateway's clock and the broker's timers on together. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 250) {
    gateway.clock.advance(250);
    vi.advanceTimersByTime(250);
    await turns(20);
  }
}

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  gateway = await new MqttFixture({ maxUnacknowledged: CAP }, new MemoryLog(10)).start();
  gateway.directory.add({ uid: "d1" });
  gateway.directory.add({ uid: "d2" });
  sender = await open("d1");
  acknowledged = [];
  let rest = Buffer.alloc(0);
  sender.on("data", (data) => {
    const bytes = Buffer.concat([rest, data]);
    for (let at = 0; at + 4 <= bytes.length; at += 4) acknowledged.push(bytes.readUInt16BE(at + 2));
    rest = bytes.subarray(bytes.length - (bytes.length % 4));
  });
  gateway.log.hold();
  const packets = Array.from({ length: SENT }, (_, i) =>
    publishPacket("devices/d1/telemetry", `{"ts":${i},"values":{"a":${i}}}`, 1, i + 1),
  );
  sender.write(Buffer.concat(packets));
  await until(() => !gateway.log.hasRoom(1));
});

afterEach(async () => {
  gateway.log.release();
  await gateway.stop();
  vi.useRealTimers();
});

describe("a client with more unacknowledged than its share", () => {
  test("is not read, and keeps its connection however long that takes; a silent one does not", async () => {
    const silent = await open("d2");
    const isSilentGone = new Promise((resolve) => silent.once("close", resolve));
    await pass(10_000);
    await isSilentGone;
    expect(gateway.ingest.counters().connections).toBe(1);
    expect(acknowledged).toEqual([]);
    // What one read brought in beyond the cap, at 60 bytes a message on the wire, was taken too.
    expect(gateway.ingest.counters().heldBytes).toBeLessThan((CAP + 300) * 600);
  });

  test("is read on as its messages are committed, to the last, each acknowledged in its order", async () => {
    gateway.log.release();
    await until(() => acknowledged.length === SENT);
    expect(acknowledged).toEqual(Array.from({ length: SENT }, (_, i) => i + 1));
    expect(gateway.valuesOf("a")).toEqual(Array.from({ length: SENT }, (_, i) => i));
  });

  test("is dropped once its messages were lost to a failed commit, and what it held is given back", async () => {
    const isGone = new Promise((resolve) => sender.once("close", resolve));
    gateway.log.failCommit();
    await isGone;
    gateway.log.release();
    await until(() => gateway.ingest.counters().connections === 0);
    sender = await open("d1");
    sender.write(publishPacket("devices/d1/telemetry", '{"a":7}', 1, 9));
    await until(() => gateway.valuesOf("a").includes(7));
  });
});

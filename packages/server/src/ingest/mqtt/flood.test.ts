import type { Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MemoryLog } from "../testing/memory-log.ts";
import { MqttFixture, turns, until } from "../testing/mqtt-fixture.ts";
import { connectPacket, publishPacket } from "../testing/mqtt-packets.ts";

const MIB = 1024 * 1024;
const MESSAGES_A_WRITE = 4_000;

let gateway: MqttFixture;
let isFlooding: boolean;

/** Floods QoS 0 as fast as the gateway reads, until `isFlooding` ends. */
async function flood(uid: string): Promise<Socket> {
  const socket = await gateway.socket();
  socket.write(connectPacket(uid));
  await new Promise((resolve) => socket.once("data", resolve));
  const message = publishPacket(`devices/${uid}/telemetry`, '{"temp":21.5,"hum":45.2,"pressure":1013.25}');
  const many = Buffer.concat(new Array(MESSAGES_A_WRITE).fill(message));
  const write = () => {
    while (isFlooding && !socket.destroyed && socket.write(many)) {}
  };
  socket.on("drain", write);
  write();
  return socket;
}

beforeEach(async () => {
  gateway = await new MqttFixture({}, new MemoryLog(20_000)).start();
  for (const uid of ["flooding", "careful", "pump"]) gateway.directory.add({ uid });
  isFlooding = true;
});

afterEach(async () => {
  isFlooding = false;
  gateway.log.release();
  await gateway.stop();
});

describe("a client that floods QoS 0", () => {
  test("is dropped and counted while the log is stuck, takes little memory and delays no evidence", async () => {
    const pump = await gateway.connect("pump");
    gateway.log.hold();
    await flood("flooding");
    let highest = 0;
    const { ingest } = gateway;
    for (let thousands = 1; thousands <= 100; thousands++) {
      await until(() => ingest.counters().qos0Dropped >= thousands * 1_000);
      highest = Math.max(highest, ingest.counters().heldBytes);
      if (thousands % 25 === 0) {
        const before = ingest.counters().qos0Dropped;
        await pump.publishAsync("devices/pump/evidence", `${thousands}`, { qos: 1 });
        expect(ingest.counters().qos0Dropped - before).toBeLessThan(50_000);
      }
    }
    expect(highest).toBeLessThan(4 * MIB);
    expect(gateway.log.uncommitted).toBeLessThanOrEqual(20_000);
    expect(gateway.told.map((words) => words.split(" ").at(-1))).toEqual(["25", "50", "75", "100"]);
  });

  test("delays another's QoS 1 by no more than its turn", async () => {
    const careful = await gateway.connect("careful");
    await flood("flooding");
    await until(() => gateway.log.stored.length > 20_000);
    for (let i = 0; i < 20; i++) {
      const before = gateway.log.stored.length;
      await careful.publishAsync("devices/careful/telemetry", '{"a":1}', { qos: 1 });
      expect(gateway.log.stored.length - before).toBeLessThan(50_000);
      await turns(1);
    }
  });
});

test("many clients that hold all they may are held back together", async () => {
  await gateway.stop();
  gateway = await new MqttFixture(
    { maxHeldBytes: 1 * MIB, readQuantumBytes: 4_096, readQuantumWhenFullBytes: 512 },
    new MemoryLog(10),
  ).start();
  const uids = Array.from({ length: 40 }, (_, i) => `d${i}`);
  for (const uid of uids) gateway.directory.add({ uid });
  gateway.log.hold();
  const packets = Array.from(
    { length: 2_000 },
    (_, i) => (uid: string) => publishPacket(`devices/${uid}/telemetry`, '{"a":1}', 1, i + 1),
  );
  for (const uid of uids) {
    const socket = await gateway.socket();
    socket.write(Buffer.concat([connectPacket(uid), ...packets.map((make) => make(uid))]));
  }
  await until(() => gateway.ingest.counters().heldBytes >= 1 * MIB);
  await turns(500);
  // Past the limit each of them may still be read, a little.
  expect(gateway.ingest.counters().heldBytes).toBeLessThan(2 * MIB);
  gateway.log.release();
  await until(() => gateway.log.stored.length === uids.length * 2_000);
  await until(() => gateway.ingest.counters().heldBytes === 0);
});

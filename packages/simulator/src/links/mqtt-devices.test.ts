import { createServer } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../clock.ts";
import { type DeviceModel, WITHOUT_OUTPUTS } from "../device-model.ts";
import { FaultyModel } from "../faults/faulty-model.ts";
import { seededRandom } from "../random.ts";
import { MqttConnection } from "../senders/mqtt-connection.ts";
import { startTestBroker, type TestBroker } from "../testing/test-broker.ts";
import { GatheredDevice } from "./gathered-device.ts";
import { MqttGateway, toReadingOf } from "./mqtt-gateway.ts";
import { MqttStation } from "./mqtt-station.ts";
import { RebootingDevice } from "./rebooting-device.ts";

let broker: TestBroker;
beforeEach(async () => {
  broker = await startTestBroker();
});
afterEach(() => broker.stop());

const model: DeviceModel = { ...WITHOUT_OUTPUTS, read: (timeMicros) => [["v", timeMicros / 1_000_000]] };
const identity = (uid: string) => ({ url: broker.url, uid, token: "secret" });

function behindGateway() {
  const gateway = new MqttGateway(identity("gw"), systemClock);
  return ["a", 'b":{'].map((uid) => new GatheredDevice(uid, model, gateway.gatherer, toReadingOf, gateway));
}

test("a gateway says what its devices say, each named once, and all of it is acknowledged", async () => {
  const devices = behindGateway();
  await Promise.all(devices.map((device) => device.start()));
  const said = devices.flatMap((device) => [device.report(1_000_000), device.report(2_000_000)]);
  expect(await Promise.all(said)).toEqual([true, true, true, true]);
  const told = [
    { ts: 1_000, values: { v: 1 } },
    { ts: 2_000, values: { v: 2 } },
  ];
  expect(broker.received.map(({ payload }) => JSON.parse(payload))).toEqual([{ a: told, 'b":{': told }]);
  await Promise.all(devices.map((device) => device.stop()));
});

test("what a gateway's broken connection lost is said again", async () => {
  const devices = behindGateway();
  await devices[0]!.start();
  broker.swallow(1);
  expect(await devices[0]!.report(1_000_000)).toBe(true);
  expect(broker.received).toHaveLength(1);
  await devices[0]!.stop();
});

test("what a station's broken connection lost is said again", async () => {
  const station = new MqttStation(identity("s"), model, systemClock);
  await station.start();
  broker.swallow(1);
  expect(await Promise.all([station.report(1_000_000), station.report(2_000_000)])).toEqual([true, true]);
  expect(new Set(broker.received.map(({ payload }) => JSON.parse(payload).ts))).toEqual(new Set([1_000, 2_000]));
  await station.stop();
});

test("a station that boots anew comes back on a new connection, and is silent meanwhile", async () => {
  let opened = 0;
  const faulty = new FaultyModel({
    uid: "s",
    model,
    rates: { reboot: 0.5 },
    random: seededRandom(3),
    writeLabel: () => {},
  });
  const device = new RebootingDevice("s", faulty, () => {
    opened += 1;
    return new MqttStation(identity("s"), faulty, systemClock);
  });
  await device.start();
  let [spoken, silent] = [0, 0];
  for (let second = 1; spoken < 5; second++) {
    const outcome = await device.report(second * 1_000_000).catch(() => undefined);
    if (outcome === true) spoken += 1;
    if (outcome === false) silent += 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  await device.stop();
  expect(opened).toBeGreaterThan(1);
  expect(silent).toBeGreaterThan(0);
});

test("a connection comes from the address that it is told, and is one", async () => {
  const addresses: (string | undefined)[] = [];
  const server = createServer((socket) => {
    addresses.push(socket.remoteAddress);
    socket.destroy();
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  const arrived = new Promise((resolve) => server.once("connection", resolve));
  const real = new MqttConnection({ ...identity("r"), localAddress: "127.0.0.9" }, systemClock);
  await real.start();
  expect(broker.connections).toBe(1);
  await real.stop();
  const connection = new MqttConnection(
    { ...identity("s"), url: `mqtt://127.0.0.1:${port}`, localAddress: "127.0.0.9" },
    systemClock,
  );
  const started = connection.start().catch(() => {});
  await arrived;
  expect(addresses[0]).toBe("127.0.0.9");
  await connection.stop(true);
  server.close();
  void started;
});

import { X509Certificate } from "node:crypto";
import type { MqttClient } from "mqtt";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  DEVICE_IDENTITY,
  EXPIRED_IDENTITY,
  FOREIGN_IDENTITY,
  SECOND_IDENTITY,
  TEST_AUTHORITY,
  type TestIdentity,
} from "../testing/client-certificates.ts";
import { closed, MqttFixture, until } from "../testing/mqtt-fixture.ts";
import { TEST_CERTIFICATE, TEST_KEY } from "../testing/tls-certificate.ts";

let gateway: MqttFixture;

beforeEach(async () => {
  gateway = new MqttFixture();
  for (const uid of ["d1", "d2"]) gateway.directory.add({ uid });
  gateway.directory.certificates.set(fingerprintOf(DEVICE_IDENTITY), 1);
  gateway.directory.certificates.set(fingerprintOf(EXPIRED_IDENTITY), 1);
  gateway.directory.certificates.set(fingerprintOf(FOREIGN_IDENTITY), 1);
  await gateway.start({ port: 0, cert: TEST_CERTIFICATE, key: TEST_KEY, ca: TEST_AUTHORITY });
});

afterEach(() => gateway.stop());

function fingerprintOf({ cert }: TestIdentity): string {
  return new X509Certificate(cert).fingerprint256.replaceAll(":", "").toLowerCase();
}

function connect(identity: Partial<TestIdentity>, claim: object = {}): Promise<MqttClient> {
  const secure = { protocol: "mqtts", port: gateway.tlsPort, ca: TEST_CERTIFICATE } as const;
  return gateway.connectAs({ ...secure, ...identity, ...claim });
}

describe("a client certificate", () => {
  test.each([
    ["alone", {}],
    ["with its device's uid", { username: "d1" }],
    ["with its device's uid and token", { username: "d1", password: "1:d1" }],
  ])("opens its device %s", async (_, claim) => {
    const client = await connect(DEVICE_IDENTITY, claim);
    await client.publishAsync("v1/devices/me/telemetry", '{"a":1}', { qos: 1 });
    expect(gateway.log.stored).toMatchObject([{ deviceId: 1 }]);
  });

  test.each([
    ["that no device has, though it names a uid and the authority has signed it", SECOND_IDENTITY, {}],
    ["that no device has, with a token that is good", SECOND_IDENTITY, { username: "d1", password: "1:d1" }],
    ["with the uid of another device", DEVICE_IDENTITY, { username: "d2" }],
    ["with another device's uid and token", DEVICE_IDENTITY, { username: "d2", password: "1:d2" }],
    ["with another device's token", DEVICE_IDENTITY, { username: "d1", password: "1:d2" }],
    ["with a wrong token", DEVICE_IDENTITY, { username: "d1", password: "wrong" }],
    ["that has expired", EXPIRED_IDENTITY, {}],
    ["that has expired, with a token that is good", EXPIRED_IDENTITY, { username: "d1", password: "1:d1" }],
    ["that another authority has signed", FOREIGN_IDENTITY, {}],
    ["of another's key", { cert: DEVICE_IDENTITY.cert, key: SECOND_IDENTITY.key }, {}],
  ])("is refused %s", async (_, identity, claim) => {
    await expect(Promise.resolve().then(() => connect(identity, claim))).rejects.toThrow();
    await until(() => gateway.ingest.counters().connections === 0);
  });

  test("is not needed where the device has its token", async () => {
    const client = await connect({}, { username: "d2", password: "1:d2" });
    await client.publishAsync("devices/d2/telemetry", '{"a":1}', { qos: 1 });
    expect(gateway.log.stored).toMatchObject([{ deviceId: 2 }]);
  });

  test("is no token, whatever text stands for it", async () => {
    for (const username of [fingerprintOf(DEVICE_IDENTITY), DEVICE_IDENTITY.cert]) {
      await expect(gateway.connectAs({ username })).rejects.toThrow();
    }
  });

  test("that is taken back ends the sessions that it has opened, and no others", async () => {
    const byCertificate = await connect(DEVICE_IDENTITY);
    const byToken = await connect({}, { username: "d1", password: "1:d1" });
    const gone = closed(byCertificate);
    gateway.directory.revoked.add(fingerprintOf(DEVICE_IDENTITY));
    await gateway.ingest.mqtt.recheckDevice(1);
    await gone;
    await byToken.publishAsync("devices/d1/telemetry", '{"a":1}', { qos: 1 });
    await expect(connect(DEVICE_IDENTITY)).rejects.toThrow();
  });

  test("ends its sessions when its time is over", async () => {
    const day = 24 * 3600 * 1000;
    const endsAtMs = gateway.clock.nowMicros() / 1000 + 40 * day;
    gateway.directory.expiresAtMs.set(fingerprintOf(DEVICE_IDENTITY), endsAtMs);
    const client = await connect(DEVICE_IDENTITY, { keepalive: 0 });
    gateway.clock.advance(40 * day - 1);
    await client.publishAsync("devices/d1/telemetry", '{"a":1}', { qos: 1 });
    const gone = closed(client);
    gateway.clock.advance(1);
    await gone;
  });
});

describe("sessions", () => {
  test("end with the overlap of a token that was replaced while they were open", async () => {
    const client = await gateway.connect("d1", { keepalive: 0 });
    gateway.directory.expiresAtMs.set("1:d1", gateway.clock.nowMicros() / 1000 + 3_600_000);
    await gateway.ingest.mqtt.recheckDevice(1);
    gateway.clock.advance(3_599_999);
    await client.publishAsync("devices/d1/telemetry", '{"a":1}', { qos: 1 });
    const gone = closed(client);
    gateway.clock.advance(1);
    await gone;
  });

  test("are all looked at when changes may have been missed, and again until the registry answers", async () => {
    const kept = await gateway.connect("d1");
    const gone = closed(await gateway.connect("d2"));
    gateway.directory.revoked.add("1:d2");
    gateway.directory.isDown = true;
    await gateway.ingest.mqtt.recheckAll();
    gateway.directory.isDown = false;
    expect(gateway.ingest.counters().connections).toBe(2);
    gateway.clock.advance(1_000);
    await gone;
    await kept.publishAsync("devices/d1/telemetry", '{"a":1}', { qos: 1 });
  });

  test("of a device that has changed end too when nobody can say whether they may go on", async () => {
    const gone = closed(await gateway.connect("d1"));
    gateway.directory.isDown = true;
    await gateway.ingest.mqtt.recheckDevice(1);
    await gone;
  });

  test("that are let in while their token is revoked do not slip through", async () => {
    let letIn = () => {};
    gateway.directory.held = new Promise((resolve) => {
      letIn = resolve;
    });
    const connecting = gateway.connect("d1");
    await until(() => gateway.directory.lookups > 0);
    gateway.directory.revoked.add("1:d1");
    await gateway.ingest.mqtt.recheckDevice(1);
    letIn();
    await connecting.then(
      (client) => closed(client),
      () => {},
    );
    await until(() => gateway.ingest.counters().connections === 0);
  });
});

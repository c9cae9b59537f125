import { RuleCatalog } from "@sluice/core/rules/rule-catalog.ts";
import Fastify, { type FastifyInstance } from "fastify";
import mqtt from "mqtt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { problemOf } from "../api/error-mapping.ts";
import { deactivateDevice, PostgresDeviceDirectory, registerDevice, type Sender } from "../devices/index.ts";
import { createTestRegistry, type TestRegistry } from "../devices/testing/test-registry.ts";
import { PIPELINE_LIMITS, Pipeline } from "../pipeline/index.ts";
import { systemClock } from "../platform/clock.ts";
import { createLogger } from "../platform/logger.ts";
import { connectClient } from "../platform/postgres.ts";
import { createTestDatabase, type TestDatabase } from "../platform/testing/test-database.ts";
import { createTelemetryReader, type TelemetryReader } from "../telemetry/index.ts";
import { createIngest, type Ingest } from "./index.ts";

const CLIENT_TOKEN = "client";
const HOST = "127.0.0.1";
const MAX_MICROS = 2 ** 52;

let database: TestDatabase;
let registry: TestRegistry;
let directory: PostgresDeviceDirectory;
let pipeline: Pipeline;
let reader: TelemetryReader;
let ingest: Ingest;
let app: FastifyInstance;
let port: number;

beforeAll(async () => {
  database = await createTestDatabase();
  registry = await createTestRegistry(database.pool);
  const { pool, url } = database;
  const clock = systemClock;
  directory = new PostgresDeviceDirectory({ pool, clock, connect: () => connectClient(url, "registry") });
  await directory.start();
  pipeline = new Pipeline({
    connectionString: url,
    pool,
    clock,
    directory,
    rules: new RuleCatalog(),
    onTransitions: () => {},
    onFenced: () => {},
    onCommitError: () => {},
    owner: "test",
    limits: { ...PIPELINE_LIMITS, flushDelayMs: 1 },
  });
  await pipeline.start();
  reader = createTelemetryReader({ pool, partition: 0, latestValues: () => undefined });
  ingest = createIngest({
    directory,
    authenticate,
    log: pipeline,
    recordRejected: (rows) => pipeline.recordRejected(rows),
    recordAttributes: async () => {},
    readAttributes: async () => ({}),
    sessions: { onListening() {}, onGone() {}, async onEvidence() {}, async onHello() {} },
    clock,
    logger: createLogger("silent"),
  });
  ({ port } = await ingest.mqtt.start({ host: HOST, port: 0 }));
  app = Fastify();
  app.setErrorHandler((error, _request, reply) => {
    const { status, headers, body } = problemOf(error);
    return reply.code(status).headers(headers).send(body);
  });
  await app.register(ingest.httpRoutes);
});

afterAll(async () => {
  await app.close();
  await ingest.mqtt.stop();
  await pipeline.stop();
  await directory.stop();
  await database.drop();
});

async function authenticate(token: string): Promise<Sender | undefined> {
  if (token === CLIENT_TOKEN) {
    const { organizationId } = registry.requester;
    return { kind: "client", clientId: "c", organizationId, scopes: new Set(["ingest", "devices:provision"]) };
  }
  return directory.senderByToken(token);
}

async function post(url: string, payload: string, token = CLIENT_TOKEN): Promise<{ status: number; body: string }> {
  const headers = { authorization: `Bearer ${token}` };
  const { statusCode, body } = await app.inject({ method: "POST", url, payload, headers });
  return { status: statusCode, body };
}

/** All that is stored of a device: time in microseconds → values by key, extras among them. */
async function stored(uid: string): Promise<Record<number, Record<string, unknown>>> {
  const device = (await directory.resolve(registry.requester.organizationId, [uid])).get(uid)!;
  const series = await reader.series({ deviceId: device.id, fromMicros: 0, toMicros: MAX_MICROS });
  const answer: Record<number, Record<string, unknown>> = {};
  series.timesMicros.forEach((micros, i) => {
    const message: Record<string, unknown> = {};
    for (const [number, values] of series.columns) {
      if (!Number.isNaN(values[i])) message[device.profile.metricKeys[number]!] = values[i];
    }
    const extras = series.extras.get(i);
    answer[micros] = extras === undefined ? message : { ...message, ...(JSON.parse(extras) as object) };
  });
  return answer;
}

describe("readings of devices and metrics that nobody knew", () => {
  test("come back from the store as lines said them", async () => {
    const lines = Array.from(
      { length: 300 },
      (_, i) => `m,device=line${i % 3} a=${i / 7},b${i % 5}=${i}i,on=t ${i}000`,
    );
    expect(await post("/api/v2/write", lines.join("\n"))).toMatchObject({ status: 204 });
    for (let d = 0; d < 3; d++) {
      const expected = Array.from({ length: 100 }, (_, k) => k * 3 + d).map((i) => [
        i,
        { a: i / 7, [`b${i % 5}`]: i, on: true },
      ]);
      expect(await stored(`line${d}`)).toEqual(Object.fromEntries(expected));
    }
  });

  test("come back as JSON said them, those past the 256th metric too", async () => {
    const { token } = await registerDevice(registry, registry.requester, { uid: "wide", profile: "irrigation-zone" });
    const wide = (from: number) => Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`w${from + i}`, i + 0.5]));
    for (const [ts, from] of [
      [1, 0],
      [2, 150],
    ] as const) {
      expect(await post("/api/sensors/data", JSON.stringify({ ts, ...wide(from) }), token)).toMatchObject({
        status: 200,
      });
    }
    expect(await stored("wide")).toEqual({ 1000: wide(0), 2000: wide(150) });
  });

  test("come back as MQTT said them once they were acknowledged, and what was refused is set aside", async () => {
    const { token } = await registerDevice(registry, registry.requester, { uid: "mqtt", profile: "generic" });
    const client = await mqtt.connectAsync({ host: HOST, port, username: "mqtt", password: token });
    const sent = Array.from({ length: 200 }, (_, i) => ({ ts: i, values: { [`q${i % 7}`]: i + 0.25, text: `${i}` } }));
    await Promise.all([
      ...sent.map((message) => client.publishAsync("devices/mqtt/telemetry", JSON.stringify(message), { qos: 1 })),
      client.publishAsync("devices/mqtt/telemetry", '{"ts":99999999999999,"values":{"a":1}}', { qos: 1 }),
    ]);
    await client.endAsync();
    expect(await stored("mqtt")).toEqual(Object.fromEntries(sent.map(({ ts, values }) => [ts * 1000, values])));
    const { rows } = await database.pool.query("select device_uid, source, code, payload from rejected_message");
    expect(rows).toEqual([
      {
        device_uid: "mqtt",
        source: "mqtt",
        code: "reading.time_ahead",
        payload: Buffer.from('{"ts":99999999999999,"values":{"a":1}}'),
      },
    ]);
  });
});

test("a deactivated device is refused as soon as the registry has said so", async () => {
  await post("/write", "m,device=leaving a=1 1000");
  const { organizationId } = registry.requester;
  const isKnown = new Promise<void>((resolve) => {
    directory.watch((event) => event.kind === "device" && resolve());
  });
  await deactivateDevice(registry, registry.requester, "leaving");
  await isKnown;
  const answer = await post("/api/sensors/data", '{"sensor_id":"leaving","a":2}');
  expect(answer).toMatchObject({ status: 403, body: expect.stringContaining("device.inactive") });
  expect((await directory.resolve(organizationId, ["leaving"])).get("leaving")!.active).toBe(false);
});

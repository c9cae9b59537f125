import { RuleCatalog } from "@sluice/core/rules/rule-catalog.ts";
import Fastify, { type FastifyInstance } from "fastify";
import mqtt, { type MqttClient } from "mqtt";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { problemOf } from "../api/error-mapping.ts";
import { watchCredentials } from "../compose-ingest.ts";
import {
  deactivateDevice,
  PostgresDeviceDirectory,
  registerDevice,
  requireDevice,
  revokeDeviceTokens,
  rotateDeviceToken,
  updateDevice,
} from "../devices/index.ts";
import { createTestRegistry, type TestRegistry } from "../devices/testing/test-registry.ts";
import { PIPELINE_LIMITS, Pipeline } from "../pipeline/index.ts";
import { systemClock } from "../platform/clock.ts";
import { createLogger } from "../platform/logger.ts";
import { connectClient } from "../platform/postgres.ts";
import { createTestDatabase, type TestDatabase } from "../platform/testing/test-database.ts";
import { createIngest, type Ingest } from "./index.ts";

const HOST = "127.0.0.1";

let database: TestDatabase;
let registry: TestRegistry;
let directory: PostgresDeviceDirectory;
let pipeline: Pipeline;
let ingest: Ingest;
let app: FastifyInstance;
let port: number;
let clients: MqttClient[] = [];
let uids = 0;

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
  ingest = createIngest({
    directory,
    authenticate: (token) => directory.senderByToken(token),
    log: pipeline,
    recordRejected: (rows) => pipeline.recordRejected(rows),
    recordAttributes: async () => {},
    readAttributes: async () => ({}),
    sessions: { onListening() {}, onGone() {}, async onEvidence() {}, async onHello() {} },
    clock,
    logger: createLogger("silent"),
  });
  ({ port } = await ingest.mqtt.start({ host: HOST, port: 0 }));
  watchCredentials(directory, ingest);
  app = Fastify();
  app.setErrorHandler((error, _request, reply) => {
    const { status, headers, body } = problemOf(error);
    return reply.code(status).headers(headers).send(body);
  });
  await app.register(ingest.httpRoutes);
});

beforeEach(() => {
  clients = [];
});
afterEach(() => {
  for (const client of clients) client.end(true);
});
afterAll(async () => {
  await app.close();
  await ingest.mqtt.stop();
  await pipeline.stop();
  await directory.stop();
  await database.drop();
});

async function register(profile = "generic"): Promise<{ readonly uid: string; readonly token: string }> {
  const uid = `device-${++uids}`;
  const { token } = await registerDevice(registry, registry.requester, { uid, profile });
  return { uid, token };
}

function connect(username: string, password?: string): Promise<MqttClient> {
  const claim = password === undefined ? { username } : { username, password };
  const client = mqtt.connect({ host: HOST, port, reconnectPeriod: 0, ...claim });
  clients.push(client);
  return new Promise((resolve, reject) => {
    client.once("connect", () => resolve(client));
    client.on("error", reject);
  });
}

const closed = (client: MqttClient) => new Promise<void>((resolve) => client.once("close", () => resolve()));

async function post(token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  const payload = [{ ph: 7 }];
  return (await app.inject({ method: "POST", url: `/api/v1/${token}/telemetry`, headers, payload })).statusCode;
}

test("revoking a device's tokens ends its sessions, however they named it, and closes HTTP", async () => {
  const { uid, token } = await register();
  const sessions = [await connect(uid, token), await connect(token)];
  expect(await post(token)).toBe(200);
  const gone = Promise.all(sessions.map(closed));
  await revokeDeviceTokens(registry, registry.requester, uid);
  await gone;
  expect(await post(token)).toBe(401);
  await expect(connect(uid, token)).rejects.toThrow();
  await expect(connect(token)).rejects.toThrow();
});

test("a change that takes nothing from a device leaves its sessions alone; deactivating it ends them", async () => {
  const { uid, token } = await register();
  const client = await connect(uid, token);
  await updateDevice(registry, registry.requester, uid, { name: "other" });
  await client.publishAsync(`devices/${uid}/telemetry`, '{"ph":7}', { qos: 1 });
  const gone = closed(client);
  await deactivateDevice(registry, registry.requester, uid);
  await gone;
});

test("the first use of a new token ends the session of the old one, and not its own", async () => {
  const { uid, token } = await register();
  const old = await connect(uid, token);
  const rotated = await rotateDeviceToken(registry, registry.requester, uid, { overlapSeconds: 3600 });
  await old.publishAsync(`devices/${uid}/telemetry`, '{"ph":7}', { qos: 1 });
  const gone = closed(old);
  const fresh = await connect(uid, rotated.token);
  await gone;
  await fresh.publishAsync(`devices/${uid}/telemetry`, '{"ph":8}', { qos: 1 });
  expect(await post(token)).toBe(401);
});

test("a gateway brings devices of its own, speaks for no others, and its revocation cuts all of them", async () => {
  const gateway = await register("gateway");
  const { uid: foreign } = await register();
  const client = await connect(gateway.uid, gateway.token);
  await client.publishAsync("v1/gateway/connect", '{"device":"behind-1"}', { qos: 1 });
  const telemetry = JSON.stringify({ "behind-2": [{ a: 1 }], [foreign]: [{ a: 1 }] });
  await client.publishAsync("v1/gateway/telemetry", telemetry, { qos: 1 });
  const { organizationId } = registry.requester;
  for (const uid of ["behind-1", "behind-2"]) {
    const device = await requireDevice(database.pool, organizationId, uid);
    expect(device).toMatchObject({ profile: "generic", gateway: gateway.uid, gatewaySince: expect.any(Date) });
  }
  expect(await requireDevice(database.pool, organizationId, foreign)).toMatchObject({ gateway: null });
  const { rows } = await database.pool.query("select code from rejected_message where device_uid = $1", [gateway.uid]);
  expect(rows).toEqual([{ code: "device.foreign" }]);

  const gone = closed(client);
  await revokeDeviceTokens(registry, registry.requester, gateway.uid);
  await gone;
  await expect(connect(gateway.uid, gateway.token)).rejects.toThrow();
});

test("an administrator assigns a device to a gateway, and takes it away again", async () => {
  const gateway = await register("gateway");
  const { uid } = await register();
  const client = await connect(gateway.uid, gateway.token);
  const say = (value: number) =>
    client.publishAsync("v1/gateway/telemetry", JSON.stringify({ [uid]: [{ a: value }] }), { qos: 1 });
  const refusals = async () => {
    const text = "select count(*)::int as count from rejected_message where device_uid = $1";
    return (await database.pool.query(text, [gateway.uid])).rows[0].count;
  };
  const heard = () => new Promise<void>((resolve) => directory.watch(() => resolve()));
  const assign = async (to: string | null) => {
    const change = heard();
    await updateDevice(registry, registry.requester, uid, { gateway: to });
    await change;
  };
  await assign(gateway.uid);
  await say(1);
  expect(await refusals()).toBe(0);
  await assign(null);
  await say(2);
  expect(await refusals()).toBe(1);
});

test("what was revoked while nothing could be heard ends once the registry is heard again", async () => {
  const { uid, token } = await register();
  const gone = closed(await connect(uid, token));
  await database.pool.query(
    "delete from device_credential c using device d where d.id = c.device_id and d.uid = $1 and c.kind = 'token'",
    [uid],
  );
  await database.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name like '%registry%'`,
  );
  await gone;
});

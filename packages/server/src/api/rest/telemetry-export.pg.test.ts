import { once } from "node:events";
import { type ClientRequest, get as httpGet, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createUser, login, type Role } from "../../auth/index.ts";
import { createTestApp, type TestApp, type TestParts } from "../testing/test-app.ts";

const NOON_MS = Date.UTC(2026, 4, 1, 12);
const PATH = "/api/v1/telemetry/export";
/** Far more than the buffers between server and client hold. */
const MANY = 300_000;

let sluice: TestApp;
let parts: TestParts;
beforeAll(async () => {
  sluice = await createTestApp((given) => {
    parts = given;
    return [];
  });
  await post("/api/v1/sites", { slug: "hill", name: "Hill", timeZone: "Asia/Kathmandu" });
  await post("/api/v1/devices", { uid: "probe", profile: "generic" });
  await post("/api/v1/devices", { uid: "zone", profile: "irrigation-zone", site: "hill" });
  await post("/api/v1/devices", { uid: "busy", profile: "generic" });
  await sluice.store("probe", NOON_MS, { ph: 7.2, temp: -0 }, { note: 'a "b"\n=c', ok: true });
  await sluice.store("probe", NOON_MS + 60_000, { ph: 1 });
  await sluice.store("probe", NOON_MS + 60_000, { ph: 7.5 });
  await sluice.store("zone", NOON_MS, { moisture: 30.5 });
  await fillBusy();
});
afterAll(() => sluice.close());

const post = async (url: string, payload: object) => {
  const answer = await sluice.ask({ method: "POST", url, payload });
  expect(answer.statusCode, answer.body).toBe(201);
};
const get = (query: string, as: "operator" | "scientist" | "admin" = "scientist") =>
  sluice.ask({ url: `${PATH}?${query}`, as });

async function fillBusy(): Promise<void> {
  const device = (await parts.directory.resolve(sluice.organizationId, ["busy"])).get("busy")!;
  await parts.directory.allocateMetrics(device.profile, ["level"]);
  const metric = device.profile.metricNumbers.get("level")!;
  for (let from = 0; from < MANY; from += 10_000) {
    const batch = new MessageBatch(10_000);
    for (let i = from; i < from + 10_000; i++) {
      batch.addValue(metric, i / 7);
      batch.endMessage(device.id, (NOON_MS + i) * 1000, undefined);
    }
    await parts.pipeline.offer(batch);
  }
}

async function tokenOfAnother(): Promise<string> {
  const { accounts, organizationId } = sluice;
  const account = { email: "ben@example.org", password: "correct horse battery" };
  await createUser(accounts, { organizationId, actor: "system" }, { ...account, roles: ["scientist"] });
  const signedIn = await login(accounts, { username: account.email, password: account.password, address: "10.0.0.2" });
  return signedIn.access_token;
}

test("a row a reading: corrections hold, −0 stays, what is no number comes as JSON", async () => {
  const answer = await get("devices=probe");
  expect(answer.headers).toMatchObject({
    "content-type": "text/csv; charset=utf-8; header=present",
    "content-disposition": 'attachment; filename="readings.csv"',
  });
  expect(answer.body.split("\r\n")).toEqual([
    "device,time,metric,value,flags,text",
    "probe,2026-05-01T12:00:00.000Z,ph,7.2,,",
    "probe,2026-05-01T12:00:00.000Z,temp,-0,,",
    'probe,2026-05-01T12:00:00.000Z,note,,,"""a \\""b\\""\\n=c"""',
    "probe,2026-05-01T12:00:00.000Z,ok,,,true",
    "probe,2026-05-01T12:01:00.000Z,ph,7.5,,",
    "",
  ]);
});

test("a range, a site, a profile and metrics narrow it; a zone shows its clock", async () => {
  const lines = async (query: string) => (await get(query)).body.trimEnd().split("\r\n").slice(1);
  expect(await lines("site=hill&zone=Asia/Kathmandu")).toEqual(["zone,2026-05-01T17:45:00.000+05:45,moisture,30.5,,"]);
  expect(await lines("profile=irrigation-zone&end=true")).toEqual([
    "zone,2026-05-01T12:00:00.000Z,moisture,30.5,,",
    "# end of 1 rows",
  ]);
  expect(await lines("devices=probe,zone&metrics=ok,moisture")).toEqual([
    "probe,2026-05-01T12:00:00.000Z,ok,,,true",
    "zone,2026-05-01T12:00:00.000Z,moisture,30.5,,",
  ]);
  expect(await lines(`devices=probe&metrics=ph&from=${NOON_MS + 1}&to=${NOON_MS + 60_001}`)).toHaveLength(1);
  expect(await lines(`devices=probe&from=${NOON_MS + 60_001}`)).toEqual([]);
});

test("a row a message, of devices of one profile", async () => {
  const { body } = await get("devices=probe&form=wide&metrics=ph,temp,ok");
  expect(body.split("\r\n")).toEqual([
    "device,time,ph,temp,flags,extras",
    'probe,2026-05-01T12:00:00.000Z,7.2,-0,,"{""ok"":true}"',
    "probe,2026-05-01T12:01:00.000Z,7.5,,,",
    "",
  ]);
  expect((await get("devices=probe,zone&form=wide")).json()).toMatchObject({ status: 400, code: "export.one_profile" });
});

test("who may not, and what makes no sense, is told before a byte is sent", async () => {
  expect((await get("devices=probe", "operator")).statusCode).toBe(403);
  expect((await get("devices=nobody")).json()).toMatchObject({ status: 404, code: "device.unknown" });
  expect((await get("zone=Mars")).json()).toMatchObject({ status: 400, code: "query.zone" });
  expect((await get("from=2&to=1")).json()).toMatchObject({ status: 400, code: "query.range" });
  expect((await get("format=xlsx")).statusCode).toBe(400);
  expect((await get("metrics=,")).json()).toMatchObject({ code: "query.metrics" });
});

test("whoever does not read holds a place until they go away, and no more", async () => {
  await sluice.app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = sluice.app.server.address() as AddressInfo;
  const open = async (as: Role): Promise<{ request: ClientRequest; answer: IncomingMessage }> => {
    const headers = { authorization: `Bearer ${await sluice.tokenOf(as)}` };
    const request = httpGet({ port, host: "127.0.0.1", path: `${PATH}?devices=busy&end=true`, headers });
    const [answer] = (await once(request, "response")) as [IncomingMessage];
    return { request, answer };
  };
  const idle = await Promise.all([open("admin"), open("scientist")]);
  expect(idle.map(({ answer }) => answer.statusCode)).toEqual([200, 200]);
  const second = await get("devices=busy", "scientist");
  expect(second.json()).toMatchObject({ status: 409, code: "export.one_at_a_time" });
  const headers = { authorization: `Bearer ${await tokenOfAnother()}` };
  const refused = await sluice.ask({ url: `${PATH}?devices=busy`, as: "nobody", headers });
  expect(refused.json()).toMatchObject({ status: 503, code: "export.busy" });
  expect(refused.headers["retry-after"]).toBe("10");
  for (const { request } of idle) request.destroy();
  await expect.poll(async () => (await get("devices=zone")).statusCode).toBe(200);
  const { answer } = await open("admin");
  let text = "";
  for await (const chunk of answer.setEncoding("utf8")) text = (text + chunk).slice(-100);
  expect(text).toMatch(new RegExp(`# end of ${MANY} rows\r\n$`));
});

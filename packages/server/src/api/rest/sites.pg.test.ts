import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { addActuator, startTestGateway, type TestActuator, type TestGateway } from "../testing/test-actuators.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

let sluice: TestApp;
let gateway: TestGateway;
let site: { readonly id: number; readonly slug: string };
let valves: readonly TestActuator[];
let sites = 0;
beforeAll(async () => {
  sluice = await createTestApp();
  gateway = await startTestGateway(sluice);
});
beforeEach(async () => {
  const payload = { name: `Farm ${++sites}`, timeZone: "Europe/Berlin" };
  site = (await sluice.ask({ method: "POST", url: "/api/v1/sites", payload })).json();
  valves = [await addThere(), await addThere()];
});
afterAll(async () => {
  await gateway.stop();
  await sluice.close();
});

const addThere = () => addActuator(sluice, {}, { site: site.slug });
const post = (path: string, payload?: object, name: string | number = site.slug) =>
  sluice.ask({ as: "operator", method: "POST", url: `/api/v1/sites/${name}/${path}`, ...(payload && { payload }) });
const view = async ({ id }: TestActuator) => (await sluice.ask({ url: `/api/v1/actuators/${id}` })).json();
const siteView = async () => (await sluice.ask({ url: `/api/v1/sites/${site.slug}` })).json();
const command = ({ id }: TestActuator, payload: object) =>
  sluice.ask({ as: "operator", method: "POST", url: `/api/v1/actuators/${id}/commands`, payload });
const idsOf = (actuators: readonly TestActuator[]) => actuators.map(({ id }) => id);

test("a site's stop reaches its devices, holds all that is there, and is shown with who and why", async () => {
  for (const { uid } of valves) await gateway.connect(uid);
  const elsewhere = await addActuator(sluice);
  const stopped = await post("stop", { reason: "storm" });
  expect(stopped.statusCode).toBe(200);
  const stop = { id: expect.any(String), by: expect.stringMatching(/^user:/), at: expect.any(String), reason: "storm" };
  expect(stopped.json()).toMatchObject({ slug: site.slug, stop, actuators: idsOf(valves) });
  expect(await siteView()).toMatchObject({ stop });
  const list = (await sluice.ask({ url: "/api/v1/sites?limit=1000" })).json();
  expect(list.filter((one: { stop: unknown }) => one.stop !== null)).toEqual([await siteView()]);
  for (const valve of valves)
    expect(await view(valve)).toMatchObject({ status: "HELD", siteStop: { reason: "storm" } });
  await gateway.send();
  expect(gateway.link.commands().filter(({ kind }) => kind === "STOP")).toHaveLength(2);
  expect(await view(elsewhere)).toMatchObject({ status: "IDLE", siteStop: null });
});

test("what is registered there later is held too, and free when the stop ends", async () => {
  await post("stop", {}, site.id);
  const late = await addThere();
  expect(await view(late)).toMatchObject({ status: "HELD", hold: null, siteStop: { reason: null } });
  const refused = await command(late, { kind: "RUN", durationMs: 1_000 });
  expect(refused.json()).toMatchObject({ status: 409, code: "actuator.site_stopped" });
  const released = await post("release", undefined, site.id);
  expect(released.json()).toMatchObject({ stop: null, actuators: idsOf(valves) });
  expect((await command(late, { kind: "RUN", durationMs: 1_000 })).statusCode).toBe(201);
});

test("its release leaves what a person or a trip holds there", async () => {
  await command(valves[0]!, { kind: "STOP", reason: "cleaning" });
  await post("stop");
  expect((await view(valves[0]!)).hold.origins).toEqual(["person", "site"]);
  await post("release");
  expect(await view(valves[0]!)).toMatchObject({ status: "HELD", siteStop: null, hold: { origins: ["person"] } });
  expect(await view(valves[1]!)).toMatchObject({ status: "IDLE", hold: null });
});

test("stopping a stopped site says STOP again; releasing one that is not stopped is a conflict", async () => {
  const [first, second] = [await post("stop", { reason: "storm" }), await post("stop", { reason: "still storm" })];
  expect(second.json().stop).toEqual(first.json().stop);
  await post("release");
  expect((await post("release")).json()).toMatchObject({ status: 409, code: "site.not_stopped" });
});

test("the same idempotency key with the same body has the same answer; with another body it is a 422", async () => {
  const ask = (verb: "stop" | "release", payload: object, key: string) =>
    sluice.ask({
      as: "operator",
      method: "POST",
      url: `/api/v1/sites/${site.slug}/${verb}`,
      payload,
      headers: { "idempotency-key": key },
    });
  const first = await ask("stop", { reason: "storm" }, `${site.slug} 1`);
  expect((await ask("stop", { reason: "storm" }, `${site.slug} 1`)).json()).toEqual(first.json());
  const other = await ask("stop", { reason: "fire" }, `${site.slug} 1`);
  expect(other.json()).toMatchObject({ status: 422, code: "idempotency.mismatch" });
  expect((await ask("release", {}, `${site.slug} 1`)).json()).toMatchObject({ status: 422 });
  const released = await ask("release", {}, `${site.slug} 2`);
  expect(released.json()).toMatchObject({ stop: null, actuators: idsOf(valves) });
  expect((await ask("release", {}, `${site.slug} 2`)).json()).toEqual(released.json());
});

test("both are in the audit, with who and from where", async () => {
  await post("stop", { reason: "storm" });
  await post("release");
  const { rows } = await sluice.database.pool.query(
    "select action, after, address from audit_event where subject = $1 and action in ('site.stop', 'site.release') order by id",
    [`site:${site.id}`],
  );
  expect(rows).toMatchObject([
    { action: "site.stop", after: { reason: "storm" }, address: "127.0.0.1" },
    { action: "site.release", address: "127.0.0.1" },
  ]);
});

test("an unknown site is a 404, and what a stop does not take is a 400", async () => {
  for (const name of ["nowhere", 2_000_000_000, "99999999999", "0"]) {
    expect((await post("stop", {}, name)).json(), String(name)).toMatchObject({ status: 404, code: "site.unknown" });
  }
  expect((await post("stop", { force: true })).json()).toMatchObject({ status: 400, code: "request.invalid" });
  expect((await post("release", { reason: "calm" })).json()).toMatchObject({ status: 400, code: "request.invalid" });
  expect(await siteView()).toMatchObject({ stop: null });
});

test("a site that was stopped once stays, with what was done there", async () => {
  const payload = { name: "Empty", timeZone: "UTC" };
  const { slug } = (await sluice.ask({ method: "POST", url: "/api/v1/sites", payload })).json();
  await post("stop", {}, slug);
  await post("release", {}, slug);
  const refused = await sluice.ask({ method: "DELETE", url: `/api/v1/sites/${slug}` });
  expect(refused.json()).toMatchObject({ status: 409, code: "site.has_history" });
});

import { afterAll, beforeAll, expect, test } from "vitest";
import { updateEntity } from "../../auth/index.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

const NOW = Date.now();
const HOUR_MS = 3600_000;

let sluice: TestApp;
beforeAll(async () => {
  sluice = await createTestApp();
  for (const slug of ["north", "south"]) {
    await post("/api/v1/sites", { name: slug, slug, timeZone: "Europe/Berlin" });
    for (const number of [1, 2]) {
      const uid = `${slug}-${number}`;
      await post("/api/v1/devices", { uid, profile: "generic", site: slug });
      await sluice.store(uid, NOW - 2 * HOUR_MS, { ph: number, temp: 10 });
      await sluice.store(uid, NOW - HOUR_MS, { ph: number + 0.5, temp: 11 });
    }
  }
  await post("/api/v1/entities", { name: "Town of Elbe", slug: "elbe", sites: ["north"] });
  await post("/api/v1/entities", { name: "Plant", slug: "plant", sites: ["south"] });
});
afterAll(() => sluice.close());

/** Open to everyone, or asked about by tests of their own. */
const ELSEWHERE = ["public", "own", "signed-in", "external:read"];

const post = (url: string, payload: object) => sluice.ask({ method: "POST", url, payload });
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` }, as: "nobody" as const });
const makeClient = async (name: string, fields: object = {}) =>
  (await post("/api/v1/clients", { name, scopes: ["external:read"], entity: "elbe", ...fields })).json();
const data = (token: string, query = "") => sluice.ask({ url: `/api/external/data${query}`, ...bearer(token) });
const devicesIn = (answer: { json(): { devices: { device: string }[] } }) =>
  answer.json().devices.map(({ device }) => device);

test("an entity's client reads the newest values and the series of its own sites", async () => {
  const { token } = await makeClient("elbe reader");
  const answer = await data(token, "?entity_id=elbe");
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toMatchObject({ entity: { slug: "elbe", name: "Town of Elbe" } });
  expect(answer.json().devices).toEqual([
    {
      device: "north-1",
      name: "north-1",
      site: "north",
      latest: { ts: NOW - HOUR_MS, values: { ph: 1.5, temp: 11 } },
      ts: [NOW - 2 * HOUR_MS, NOW - HOUR_MS],
      series: { ph: [1, 1.5], temp: [10, 11] },
    },
    expect.objectContaining({ device: "north-2" }),
  ]);
  const own = await data(token, `?metrics=ph&from=${NOW - 1.5 * HOUR_MS}&to=${NOW}&site=north`);
  expect(own.json().devices[1]).toMatchObject({
    latest: { values: { ph: 2.5 } },
    ts: [NOW - HOUR_MS],
    series: { ph: [2.5] },
  });
});

test("devices come in pages", async () => {
  const { token } = await makeClient("elbe pages");
  const first = await data(token, "?limit=1");
  expect(devicesIn(first)).toEqual(["north-1"]);
  const next = /<([^>]+)>; rel="next"/.exec(String(first.headers.link))![1]!;
  const second = await sluice.ask({ url: next, ...bearer(token) });
  expect([devicesIn(second), second.headers.link]).toEqual([["north-2"], undefined]);
});

test("it reads nothing else: no other entity, no other site, no other route", async () => {
  const { token } = await makeClient("elbe curious");
  const plant = (await sluice.ask({ url: "/api/v1/entities/plant" })).json();
  for (const id of ["plant", plant.id, "unknown", "999999", "' or true --"]) {
    const answer = await data(token, `?entity_id=${encodeURIComponent(id)}`);
    expect(answer.json(), String(id)).toMatchObject({ status: 404, code: "entity.unknown" });
  }
  expect((await data(token, "?site=south")).json()).toMatchObject({ status: 404, code: "site.unknown" });
  for (const { method, url, access } of sluice.app.routeAccess) {
    if (access === undefined || ELSEWHERE.includes(access)) continue;
    const path = url.replaceAll(/:\w+/g, "1").replaceAll("*", "1");
    const answer = await sluice.app.inject({ method: method as "GET", url: path, ...bearer(token) });
    expect(answer.statusCode, `${method} ${url}`).toBe(403);
  }
});

test("GraphQL, which asks of each field, gives it none", async () => {
  const { token } = await makeClient("elbe graph");
  const payload = { query: "{ devices(first: 1) { edges { node { id } } } }" };
  const answer = await sluice.app.inject({ method: "POST", url: "/graphql", payload, ...bearer(token) });
  expect(answer.json().errors).toMatchObject([{ extensions: { code: "auth.forbidden" } }]);
});

test("its client is given no other scope, neither when it is made nor later", async () => {
  const refused = await post("/api/v1/clients", {
    name: "greedy",
    scopes: ["external:read", "registry:read"],
    entity: "elbe",
  });
  expect(refused.json()).toMatchObject({ status: 400, code: "client.entity_scopes", refused: ["registry:read"] });
  const { id } = await makeClient("modest");
  const url = `/api/v1/clients/${id}`;
  const later = await sluice.ask({ method: "PATCH", url, payload: { scopes: ["ingest"] } });
  expect(later.json()).toMatchObject({ status: 400, code: "client.entity_scopes" });
  const moved = await sluice.ask({ method: "PATCH", url, payload: { entity: "plant" } });
  expect(moved.json()).toMatchObject({ status: 400, code: "request.invalid" });
});

test("people preview what an entity sees, and must name it", async () => {
  const preview = await sluice.ask({ url: "/api/external/data?entity_id=plant", as: "operator" });
  expect(devicesIn(preview)).toEqual(["south-1", "south-2"]);
  const unnamed = await sluice.ask({ url: "/api/external/data", as: "operator" });
  expect(unnamed.json()).toMatchObject({ status: 400, code: "query.entity_needed" });
});

test("an entity's sites change with its next request; its clients end with it", async () => {
  const made = await post("/api/v1/entities", { name: "Short lived" });
  expect([made.statusCode, made.headers.location]).toEqual([201, "/api/v1/entities/short-lived"]);
  expect(made.json().sites).toEqual([]);
  const { token, id } = await makeClient("of the short lived", { entity: "short-lived" });
  expect(devicesIn(await data(token))).toEqual([]);
  const url = "/api/v1/entities/short-lived";
  const { etag } = (await sluice.ask({ url })).headers;
  const patch = (payload: object, tag: string) =>
    sluice.ask({ method: "PATCH", url, payload, headers: { "if-match": tag } });
  expect((await patch({ sites: ["south", "south"] }, String(etag))).json().sites).toEqual(["south"]);
  expect((await patch({ sites: [] }, String(etag))).statusCode).toBe(412);
  expect(devicesIn(await data(token))).toEqual(["south-1", "south-2"]);
  expect((await patch({ sites: ["nowhere"] }, "*")).json()).toMatchObject({ status: 404, code: "site.unknown" });
  expect((await sluice.ask({ method: "DELETE", url })).statusCode).toBe(204);
  sluice.advance(1000);
  expect((await data(token)).statusCode).toBe(401);
  const gone = await sluice.ask({ url: `/api/v1/clients/${id}` });
  expect(gone.json()).toMatchObject({ entity: null, revokedAt: expect.any(String) });
});

test("what is deleted meanwhile is unknown: a site of the change, an entity of a new client", async () => {
  const by = { organizationId: sluice.organizationId, actor: "system" };
  const change = updateEntity(sluice.accounts, by, "elbe", { siteIds: [2_000_000_000] });
  await expect(change).rejects.toMatchObject({ code: "site.unknown" });
  await post("/api/v1/entities", { name: "Vanishing" });
  const draft = { scopes: ["external:read"], entity: "vanishing" };
  const answers = await Promise.all([
    ...[1, 2, 3, 4].map((number) => post("/api/v1/clients", { ...draft, name: `vanishing ${number}` })),
    sluice.ask({ method: "DELETE", url: "/api/v1/entities/vanishing" }),
  ]);
  for (const { statusCode } of answers) expect([201, 204, 404]).toContain(statusCode);
});

test("an entity's name is taken once in an organization", async () => {
  const again = await post("/api/v1/entities", { name: "Another", slug: "elbe" });
  expect(again.json()).toMatchObject({ status: 409, code: "entity.slug_taken" });
  const list = await sluice.ask({ url: "/api/v1/entities" });
  expect(list.json()).toMatchObject([
    { slug: "elbe", sites: ["north"] },
    { slug: "plant", sites: ["south"] },
  ]);
});

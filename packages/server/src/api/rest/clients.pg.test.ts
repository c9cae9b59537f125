import { afterAll, beforeAll, expect, test } from "vitest";
import { createClient, updateClient } from "../../auth/index.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

const DAY_MS = 24 * 3600_000;

let sluice: TestApp;
beforeAll(async () => {
  sluice = await createTestApp();
});
afterAll(() => sluice.close());

/** Time goes on here by more than a token lives. */
async function askAsAdmin(options: {
  method?: "GET" | "POST" | "PATCH" | "DELETE";
  url: string;
  payload?: object;
  headers?: object;
}) {
  await sluice.tokenOf("admin");
  const payload = { username: "admin@example.org", password: "correct horse battery" };
  const { json } = await sluice.app.inject({ method: "POST", url: "/api/auth/login", payload });
  const headers = { authorization: `Bearer ${json().access_token}`, ...options.headers };
  return sluice.ask({ ...options, headers, as: "nobody" });
}
const post = (url: string, payload: object) => askAsAdmin({ method: "POST", url, payload });
const makeClient = async (name: string, fields: object = {}) =>
  (await post("/api/v1/clients", { name, scopes: ["registry:read"], ...fields })).json();
const statusWith = async (token: string) =>
  (await sluice.app.inject({ url: "/api/v1/sites", headers: { authorization: `Bearer ${token}` } })).statusCode;
const exchange = async (client_id: string, client_secret: string) =>
  (await post("/oauth2/token", { grant_type: "client_credentials", client_id, client_secret })).statusCode;

test("a client's token and secret are shown once; it is read, changed as it was seen, and told when it was used", async () => {
  const made = await makeClient("Reader", { limits: { perSecond: 5, burst: 10 } });
  expect(made).toMatchObject({ token: expect.stringMatching(/^slc_/), clientSecret: expect.stringMatching(/^slx_/) });
  const url = `/api/v1/clients/${made.id}`;
  const read = await askAsAdmin({ url });
  expect(read.json()).toMatchObject({
    name: "Reader",
    entity: null,
    limits: { perSecond: 5, burst: 10 },
    lastUsedAt: null,
  });
  expect(read.body).not.toMatch(/slc_|slx_|hash/);
  expect(await statusWith(made.token)).toBe(200);
  const used = (await askAsAdmin({ url })).json().lastUsedAt;
  expect(used).toEqual(expect.any(String));
  sluice.advance(59_000);
  expect(await statusWith(made.token)).toBe(200);
  expect((await askAsAdmin({ url })).json().lastUsedAt).toBe(used);
  sluice.advance(2_000);
  expect(await statusWith(made.token)).toBe(200);
  expect((await askAsAdmin({ url })).json().lastUsedAt).not.toBe(used);
  const patch = (payload: object) =>
    askAsAdmin({ method: "PATCH", url, payload, headers: { "if-match": String(read.headers.etag) } });
  expect((await patch({ limits: null })).json()).toMatchObject({ name: "Reader", limits: null });
  expect((await patch({ name: "Too late" })).statusCode).toBe(412);
});

test("new credentials overlap with the last ones, and with none before them", async () => {
  const first = await makeClient("Rotating");
  const rotate = async (body: object) => (await post(`/api/v1/clients/${first.id}/rotate`, body)).json();
  const second = await rotate({ overlapSeconds: 3600 });
  for (const { token, clientSecret } of [first, second]) {
    expect([await statusWith(token), await exchange(first.id, clientSecret)]).toEqual([200, 200]);
  }
  const third = await rotate({ overlapSeconds: 3600 });
  sluice.advance(1000);
  expect([await statusWith(first.token), await exchange(first.id, first.clientSecret)]).toEqual([401, 401]);
  expect([await statusWith(second.token), await statusWith(third.token)]).toEqual([200, 200]);
  sluice.advance(3600_000);
  expect([await statusWith(second.token), await exchange(first.id, second.clientSecret)]).toEqual([401, 401]);
  expect([await statusWith(third.token), await exchange(first.id, third.clientSecret)]).toEqual([200, 200]);
  await rotate({ overlapSeconds: 0 });
  sluice.advance(1000);
  expect(await statusWith(third.token)).toBe(401);
});

test("a client may end by itself", async () => {
  const past = await post("/api/v1/clients", {
    name: "Late",
    scopes: ["registry:read"],
    expiresAt: "2020-01-01T00:00:00Z",
  });
  expect(past.json()).toMatchObject({ status: 400, code: "client.expiry_past" });
  const expiresAt = new Date(Date.now() + 10 * DAY_MS).toISOString();
  const { id, token, clientSecret } = await makeClient("Guest", { expiresAt });
  const { access_token } = (
    await post("/oauth2/token", { grant_type: "client_credentials", client_id: id, client_secret: clientSecret })
  ).json();
  expect(await statusWith(token)).toBe(200);
  sluice.advance(11 * DAY_MS);
  expect([await statusWith(token), await exchange(id, clientSecret), await statusWith(access_token)]).toEqual([
    401, 401, 401,
  ]);
});

test("of clients that are given one name at once, one gets it", async () => {
  const by = { organizationId: sluice.organizationId, actor: "system" };
  const draft = { scopes: ["registry:read"] } as const;
  const names = [1, 2, 3, 4, 5, 6].map((number) => `Twin ${number}`);
  const made = await Promise.all(names.map((name) => createClient(sluice.accounts, by, { ...draft, name })));
  const renamed = await Promise.all(
    made.map(({ client }) =>
      updateClient(sluice.accounts, by, client.id, { name: "Twin" }).then(
        () => "renamed",
        ({ code }) => code,
      ),
    ),
  );
  expect(renamed.sort()).toEqual([...Array(5).fill("client.name_taken"), "renamed"]);
});

test("what changes a client is in the audit, without what opens anything", async () => {
  const { id, token, clientSecret } = await makeClient("Audited");
  await askAsAdmin({ method: "PATCH", url: `/api/v1/clients/${id}`, payload: { name: "Audited anew" } });
  const rotated = await post(`/api/v1/clients/${id}/rotate`, {});
  await askAsAdmin({ method: "DELETE", url: `/api/v1/clients/${id}` });
  const { rows } = await sluice.database.pool.query(
    "select action, row_to_json(e)::text as text from audit_event e where subject = $1 order by id",
    [`client:${id}`],
  );
  expect(rows.map(({ action }) => action)).toEqual([
    "client.create",
    "client.update",
    "client.rotate",
    "client.revoke",
  ]);
  const told = rows.map(({ text }) => text).join();
  for (const secret of [token, clientSecret, rotated.json().token]) expect(told).not.toContain(secret);
});

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { TestReceiver } from "../../notifications/testing/test-receiver.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

let sluice: TestApp;
let receiver: TestReceiver;
let names = 0;
beforeAll(async () => {
  sluice = await createTestApp();
});
beforeEach(async () => {
  receiver = new TestReceiver();
  await receiver.start();
});
afterEach(() => receiver.stop());
afterAll(() => sluice.close());

const get = (path = "") => sluice.ask({ url: `/api/v1/channels${path}` });
const post = (path: string, payload?: object) =>
  sluice.ask({ method: "POST", url: `/api/v1/channels${path}`, ...(payload && { payload }) });
const patch = (id: number, payload: object) => sluice.ask({ method: "PATCH", url: `/api/v1/channels/${id}`, payload });
const draft = (fields: object = {}) => ({
  name: `Channel ${++names}`,
  kind: "webhook",
  configuration: { url: receiver.url },
  ...fields,
});
const make = async (fields?: object) => (await post("", draft(fields))).json();

test("a webhook is made, read and listed; its secret is in the first answer and in no other", async () => {
  const made = await post("", draft({ limits: { burst: 5 } }));
  expect(made.statusCode).toBe(201);
  const { secret, ...channel } = made.json();
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(made.headers.location).toBe(`/api/v1/channels/${channel.id}`);
  expect(channel).toMatchObject({
    kind: "webhook",
    configuration: { url: receiver.url },
    limits: { sendsPerMinute: 120, burst: 5 },
    isEnabled: true,
    state: "up",
  });
  expect((await get(`/${channel.id}`)).json()).toEqual(channel);
  expect((await get()).json()).toContainEqual(channel);
  const stored = await sluice.database.pool.query("select channel::text as all from channel");
  const audit = await sluice.database.pool.query("select audit_event::text as all from audit_event");
  const everything = [...stored.rows, ...audit.rows].map((row) => row.all).join("\n");
  expect(everything).toContain("channel.create");
  expect(everything).not.toContain(secret.slice("whsec_".length));
});

test("a test sends a real message, and answers what became of it", async () => {
  const { id, secret } = await make();
  receiver.secrets = [secret];
  expect((await post(`/${id}/test`)).json()).toMatchObject({ outcome: "sent", httpStatus: 204, error: null });
  expect(receiver.requests[0]).toMatchObject({ isSigned: true });
  expect(receiver.bodies()[0]).toMatchObject({ type: "alert.test" });
  receiver.answer = () => ({ status: 503 });
  expect((await post(`/${id}/test`)).json()).toMatchObject({
    outcome: "failed",
    httpStatus: 503,
    error: "The receiver answered 503.",
  });
});

test("a secret is rotated, and shown once more", async () => {
  const { id, secret } = await make();
  const rotated = (await post(`/${id}/rotate-secret`)).json();
  expect(rotated.secret).not.toBe(secret);
  for (const secrets of [[secret], [rotated.secret]]) {
    receiver.secrets = secrets;
    await post(`/${id}/test`);
  }
  expect(receiver.requests.map(({ isSigned }) => isSigned)).toEqual([true, true]);
  expect((await get(`/${id}`)).json()).not.toHaveProperty("secret");
});

test("it is changed, disabled, enabled and deleted", async () => {
  const { id } = await make();
  const url = `${receiver.url}/other`;
  expect((await patch(id, { name: "Night shift", configuration: { url }, limits: { burst: 2 } })).json()).toMatchObject(
    {
      name: "Night shift",
      configuration: { url },
      limits: { sendsPerMinute: 120, burst: 2 },
    },
  );
  expect((await post(`/${id}/disable`)).json()).toMatchObject({ isEnabled: false, state: "disabled" });
  expect((await post(`/${id}/enable`)).json()).toMatchObject({ state: "up", disabledReason: null });
  expect((await sluice.ask({ method: "DELETE", url: `/api/v1/channels/${id}` })).statusCode).toBe(204);
  expect((await get(`/${id}`)).json()).toMatchObject({ status: 404, code: "channel.unknown" });
});

test.each([
  [400, "channel.url_invalid", { configuration: { url: "ftp://example.org" } }],
  [400, "channel.configuration_invalid", { configuration: { to: "+4915112345678" } }],
  [400, "channel.configuration_invalid", { configuration: { url: "https://example.org", to: ["ada@example.org"] } }],
  [400, "channel.address_invalid", { kind: "email", configuration: { to: ["ada"] } }],
  [409, "channel.unconfigured", { kind: "email", configuration: { to: ["ada@example.org"] } }],
  [409, "channel.unconfigured", { kind: "sms", configuration: { to: "+4915112345678" } }],
  [400, "channel.secret_invalid", { secret: "whsec_short" }],
  [400, "request.invalid", { kind: "pigeon" }],
  [400, "request.invalid", { limits: { burst: 0 } }],
])("%i %s: %j", async (status, code, fields) => {
  expect((await post("", draft(fields))).json()).toMatchObject({ status, code });
});

test("a name is used once, and a channel that a route names is not deleted", async () => {
  const { id, name } = await make();
  expect((await post("", draft({ name }))).json()).toMatchObject({ status: 409, code: "channel.name_taken" });
  const { id: other } = await make();
  expect((await patch(other, { name })).json()).toMatchObject({ status: 409, code: "channel.name_taken" });
  await sluice.ask({ method: "POST", url: "/api/v1/notification-routes", payload: { name: "All", channels: [id] } });
  const refused = await sluice.ask({ method: "DELETE", url: `/api/v1/channels/${id}` });
  expect(refused.json()).toMatchObject({ status: 409, code: "channel.in_use" });
});

test("operators read all but the path of a webhook, which may be a secret, and change nothing", async () => {
  const { id } = await make();
  const shown = (await sluice.ask({ as: "operator", url: `/api/v1/channels/${id}` })).json();
  expect(shown.configuration).toEqual({ url: receiver.url.replace("/hook", "/…") });
  for (const path of ["", `/${id}/test`, `/${id}/rotate-secret`, `/${id}/disable`, `/${id}/enable`, `/${id}/replay`]) {
    const answer = await sluice.ask({
      as: "operator",
      method: "POST",
      url: `/api/v1/channels${path}`,
      ...(path === "" ? { payload: draft() } : {}),
    });
    expect(answer.statusCode, path).toBe(403);
  }
});

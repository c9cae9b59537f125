import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

let sluice: TestApp;
beforeAll(async () => {
  sluice = await createTestApp();
  const metrics = [{ key: "level", unit: "m" }];
  await sluice.ask({ method: "POST", url: "/api/v1/profiles", payload: { key: "pond", name: "Pond", metrics } });
  await sluice.ask({ method: "POST", url: "/api/v1/devices", payload: { uid: "pond-1", profile: "pond" } });
  await sluice.store("pond-1", Date.now() - 60_000, { level: 2 });
});
afterAll(() => sluice.close());

const erase = (payload: object, as: "admin" | "operator" = "admin") =>
  sluice.ask({ as, method: "POST", url: "/api/v1/erasures", payload });

test("an administrator has a device's readings erased, and reads the receipt", async () => {
  const asked = await erase({ device: "pond-1", reason: "its owner asked for it" });
  expect(asked.statusCode, asked.body).toBe(202);
  const erasure = asked.json();
  expect(erasure).toMatchObject({
    device: "pond-1",
    reason: "its owner asked for it",
    requestedBy: expect.stringContaining("user:"),
    state: "requested",
    doneAt: null,
    messages: 0,
    until: [{ partition: 0, generation: expect.any(Number) }],
  });
  expect((await sluice.ask({ url: `/api/v1/erasures/${erasure.id}` })).json()).toEqual(erasure);
  expect((await sluice.ask({ url: "/api/v1/erasures" })).json()).toEqual([erasure]);
  const audit = (await sluice.ask({ url: "/api/v1/audit" })).json();
  expect(audit[0]).toMatchObject({ action: "telemetry.erase", subject: expect.stringContaining("device:") });
});

test("all of an organization is named as such, and never by leaving the device out", async () => {
  expect((await erase({ reason: "x" })).json()).toMatchObject({ status: 400, code: "erasure.of_what" });
  expect((await erase({ reason: "x", device: "pond-1", organization: true })).statusCode).toBe(400);
  expect((await erase({ reason: "we leave", organization: true })).json()).toMatchObject({ device: null });
  expect((await erase({ reason: "x", device: "nobody" })).statusCode).toBe(404);
});

test("a legal hold refuses it, with its reason", async () => {
  const url = "/api/v1/profiles/pond/retention";
  await sluice.ask({ method: "PUT", url, payload: { policy: "keep", holdReason: "a claim is being heard" } });
  for (const wanted of [{ device: "pond-1" }, { organization: true }]) {
    const refused = await erase({ ...wanted, reason: "x" });
    expect(refused.statusCode).toBe(409);
    expect(refused.json()).toMatchObject({ code: "erasure.held", profile: "pond" });
    expect(refused.json().detail).toContain("a claim is being heard");
  }
  await sluice.ask({ method: "PUT", url, payload: { policy: "keep", holdReason: null } });
});

test("only administrators may, and only see their own organization's", async () => {
  expect((await erase({ device: "pond-1", reason: "x" }, "operator")).statusCode).toBe(403);
  expect((await sluice.ask({ as: "scientist", url: "/api/v1/erasures" })).statusCode).toBe(403);
  const { rows } = await sluice.database.pool.query(
    "insert into erasure (organization_id, reason, requested_by) values (999, 'theirs', 'user:9') returning id::int",
  );
  expect((await sluice.ask({ url: `/api/v1/erasures/${rows[0].id}` })).statusCode).toBe(404);
  const listed = (await sluice.ask({ url: "/api/v1/erasures" })).json();
  expect(listed.map(({ reason }: { reason: string }) => reason)).not.toContain("theirs");
});

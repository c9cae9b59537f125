import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  DEVICE_IDENTITY,
  EXPIRED_IDENTITY,
  SECOND_IDENTITY,
  TEST_AUTHORITY,
} from "../../ingest/testing/client-certificates.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

let sluice: TestApp;
let uids = 0;
let uid = "";
let path = "";

beforeAll(async () => {
  sluice = await createTestApp();
});
beforeEach(async () => {
  uid = `device-${++uids}`;
  path = `/api/v1/devices/${uid}`;
  await post("/api/v1/devices", { uid, profile: "generic" });
});
afterAll(() => sluice.close());

const post = (url: string, payload?: object) =>
  sluice.ask({ method: "POST", url, ...(payload === undefined ? {} : { payload }) });
const get = async (url: string) => (await sluice.ask({ url })).json();
const remove = (url: string) => sluice.ask({ method: "DELETE", url });

describe("tokens", () => {
  test("are given anew at once, or with an overlap, and are revoked", async () => {
    expect((await post(`${path}/token`)).json()).toMatchObject({ uid, oldTokenEndsAt: null });
    const rotated = await post(`${path}/token`, { overlapSeconds: 3600 });
    expect(rotated.statusCode).toBe(201);
    expect(rotated.json()).toMatchObject({ token: expect.stringMatching(/^sld_/), oldTokenEndsAt: expect.any(String) });
    for (const body of [{ overlapSeconds: -1 }, { overlapSeconds: 31 * 24 * 3600 }, { overlap: 1 }]) {
      expect((await post(`${path}/token`, body)).statusCode).toBe(400);
    }
    expect((await remove(`${path}/token`)).statusCode).toBe(204);
    expect((await remove("/api/v1/devices/nobody/token")).statusCode).toBe(404);
    const { rows } = await sluice.database.pool.query(
      "select before, after from audit_event where action like 'device.%token%' order by id desc limit 2",
    );
    expect(rows[0].before).toEqual({ tokens: 2 });
    expect(JSON.stringify(rows)).not.toContain(rotated.json().token);
  });
});

describe("certificates", () => {
  test("are registered, listed and taken back", async () => {
    const added = await post(`${path}/certificates`, { certificate: DEVICE_IDENTITY.cert });
    expect(added.statusCode).toBe(201);
    const { fingerprint } = added.json();
    expect(added.json()).toMatchObject({ subject: "CN=d1", expiresAt: "2120-01-01T00:00:00.000Z", lastUsedAt: null });
    expect(await get(`${path}/certificates`)).toEqual([added.json()]);
    const again = await post(`${path}/certificates`, { certificate: DEVICE_IDENTITY.cert });
    expect([again.statusCode, again.json().code]).toEqual([409, "certificate.taken"]);
    expect((await remove(`/api/v1/devices/nobody/certificates/${fingerprint}`)).statusCode).toBe(404);
    expect((await remove(`${path}/certificates/${fingerprint}`)).statusCode).toBe(204);
    expect((await remove(`${path}/certificates/${fingerprint}`)).json().code).toBe("certificate.unknown");
    expect(await get(`${path}/certificates`)).toEqual([]);
  });

  test.each([
    ["no certificate", "certificate.invalid", "hello"],
    ["one with its private key", "certificate.invalid", DEVICE_IDENTITY.cert + DEVICE_IDENTITY.key],
    ["two at once", "certificate.invalid", DEVICE_IDENTITY.cert + SECOND_IDENTITY.cert],
    ["one that has expired", "certificate.expired", EXPIRED_IDENTITY.cert],
    ["an authority's", "certificate.authority", TEST_AUTHORITY],
    ["a broken one", "certificate.invalid", DEVICE_IDENTITY.cert.replace("MII", "AAA")],
  ])("are refused: %s", async (_, code, certificate) => {
    const answer = await post(`${path}/certificates`, { certificate });
    expect([answer.statusCode, answer.json().code]).toEqual([400, code]);
  });
});

describe("gateways", () => {
  test("have devices, which are assigned to them and listed", async () => {
    await post("/api/v1/devices", { uid: "gateway-1", profile: "gateway" });
    const patch = (payload: object) => sluice.ask({ method: "PATCH", url: path, payload });
    expect((await patch({ gateway: "gateway-1" })).json()).toMatchObject({ gateway: "gateway-1" });
    await post("/api/v1/devices", { uid: "behind", profile: "generic", gateway: "gateway-1" });
    const first = await sluice.ask({ url: "/api/v1/devices/gateway-1/devices?limit=1" });
    expect(first.json()).toMatchObject([{ uid, gatewaySince: expect.any(String) }]);
    const next = /^<([^>]+)>; rel="next"$/.exec(String(first.headers.link))?.[1];
    expect(await get(next!)).toMatchObject([{ uid: "behind" }]);
    expect((await patch({ gateway: null })).json()).toMatchObject({ gateway: null, gatewaySince: null });
    expect((await patch({ gateway: "behind" })).json().code).toBe("device.no_gateway");
    expect((await patch({ gateway: "nobody" })).statusCode).toBe(404);
    const own = await sluice.ask({
      method: "PATCH",
      url: "/api/v1/devices/gateway-1",
      payload: { gateway: "gateway-1" },
    });
    expect(own.json().code).toBe("device.own_gateway");
  });
});

describe("claims", () => {
  const claim = (payload: object, remoteAddress = "192.0.2.1") =>
    sluice.ask({ method: "POST", url: "/api/v1/devices/claim", as: "nobody", payload, remoteAddress });
  const make = async (draft: object = {}) => (await post("/api/v1/claims", { profile: "generic", ...draft })).json();

  test("a code makes one device, once, with all that its profile brings", async () => {
    const { id, code, ...made } = await make({ profile: "irrigation-zone" });
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
    expect(made).toMatchObject({ profile: "irrigation-zone", site: "default", uid: null, usedAt: null, device: null });
    const typed = code.toLowerCase().replaceAll("-", " ");
    const claimed = await claim({ code: typed, uid: "claimed-1", certificate: SECOND_IDENTITY.cert });
    expect(claimed.statusCode).toBe(201);
    expect(claimed.json()).toMatchObject({ uid: "claimed-1", token: expect.stringMatching(/^sld_/) });
    expect(await get("/api/v1/devices/claimed-1/actuators")).toMatchObject([{ key: "pump" }]);
    expect(await get("/api/v1/devices/claimed-1/certificates")).toHaveLength(1);
    expect((await claim({ code, uid: "claimed-2" })).json().code).toBe("claim.refused");
    const listed = (await get("/api/v1/claims?limit=1000")).find((one: { id: string }) => one.id === id);
    expect(listed).toMatchObject({ device: "claimed-1", usedAt: expect.any(String) });
    expect(JSON.stringify(listed)).not.toContain(code);
    expect((await remove(`/api/v1/claims/${id}`)).json().code).toBe("claim.ended");
    const { rows } = await sluice.database.pool.query(
      "select actor, address from audit_event where action = 'device.claim'",
    );
    expect(rows).toContainEqual({ actor: `claim:${id}`, address: "192.0.2.1" });
  });

  test("eight devices with one code at once: one gets it", async () => {
    const { code } = await make();
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) => claim({ code, uid: `race-${n}` }, `192.0.2.${n + 10}`)),
    );
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, ...Array(7).fill(403)]);
  });

  test("a code that is wrong, revoked, used up or has ended is answered alike", async () => {
    const revoked = await make();
    await remove(`/api/v1/claims/${revoked.id}`);
    const used = await make();
    await claim({ code: used.code, uid: "used-up" }, "192.0.2.40");
    const ended = await make({ expiresAt: new Date(Date.now() + 60_000).toISOString() });
    sluice.advance(60_000);
    const codes = [revoked.code, used.code, ended.code, "0000-0000-0000-0000", "nonsense"];
    const answers = await Promise.all(codes.map((code) => claim({ code, uid: "late" }, "192.0.2.41")));
    const told = answers.map((answer) => [answer.statusCode, answer.json().code, answer.json().detail]);
    expect(told).toEqual(Array(codes.length).fill([403, "claim.refused", told[0]![2]]));
  });

  test("a code that the claim did not use up stays good", async () => {
    const { code } = await make({ uid: "only-this" });
    expect((await claim({ code, uid: "another" })).json().code).toBe("claim.other_uid");
    const free = await make();
    expect((await claim({ code: free.code })).json().code).toBe("claim.uid_missing");
    expect((await claim({ code: free.code, uid })).json().code).toBe("device.uid_taken");
    expect((await claim({ code })).json()).toMatchObject({ uid: "only-this" });
  });

  test("a code for a registered device gives it a new token, and the old ones end", async () => {
    const { id } = await get(path);
    const { code } = await make({ uid });
    expect((await claim({ code }, "192.0.2.50")).json()).toMatchObject({ id, uid });
    const { rows } = await sluice.database.pool.query(
      "select count(*)::int from device_credential where device_id = $1",
      [id],
    );
    expect(rows).toEqual([{ count: 1 }]);
    expect((await post("/api/v1/claims", { profile: "irrigation-zone", uid })).json().code).toBe("claim.other_profile");
  });

  test("a program that may only provision gets no hold of a device that there is, by code or by list", async () => {
    const { token } = (await post("/api/v1/clients", { name: uid, scopes: ["ingest", "devices:provision"] })).json();
    const asProgram = (url: string, payload: object) =>
      sluice.ask({ method: "POST", url, payload, as: "nobody", headers: { authorization: `Bearer ${token}` } });
    const draft = { profile: "generic", uid };
    expect((await asProgram("/api/v1/claims", draft)).json().code).toBe("claim.registered");
    const update = await asProgram("/api/v1/devices/bulk?onExisting=update", [{ uid, name: "mine" }]);
    expect([update.statusCode, update.json().code]).toEqual([403, "auth.forbidden"]);
    expect((await asProgram("/api/v1/devices/bulk?onExisting=skip", [{ uid, name: "mine" }])).json().skipped).toBe(1);
    // Registered after the code was made.
    const later = await asProgram("/api/v1/claims", { ...draft, uid: `${uid}-later` });
    await post("/api/v1/devices", { uid: `${uid}-later`, profile: "generic" });
    expect((await claim({ code: later.json().code }, "192.0.2.51")).json().code).toBe("device.uid_taken");
    expect(await get(path)).toMatchObject({ name: uid });
  });

  test("are kept for 120 days after they were made", async () => {
    const { id } = await make();
    const { pool } = sluice.database;
    await pool.query(
      "update device_claim set created_at = created_at - interval '121 days', expires_at = expires_at - interval '120 days' where id = $1",
      [id],
    );
    await make();
    expect((await pool.query("select 1 from device_claim where id = $1", [id])).rowCount).toBe(0);
  });

  test("an address that tries code after code is held up, and no other", async () => {
    const tries = await Promise.all(
      Array.from({ length: 11 }, () => claim({ code: "0000-0000-0000-0000", uid: "x" }, "192.0.2.60")),
    );
    const limited = tries.find(({ statusCode }) => statusCode === 429)!;
    expect(limited.json().code).toBe("claim.too_many_attempts");
    expect(Number(limited.headers["retry-after"])).toBeGreaterThan(0);
    expect((await claim({ code: "0000-0000-0000-0000", uid: "x" }, "192.0.2.61")).statusCode).toBe(403);
  });

  test("end within 30 days and are an administrator's", async () => {
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
    for (const expiresAt of [inDays(31), inDays(-1)]) {
      expect((await post("/api/v1/claims", { profile: "generic", expiresAt })).json().code).toBe("claim.end_invalid");
    }
    const asOperator = {
      method: "POST",
      url: "/api/v1/claims",
      as: "operator",
      payload: { profile: "generic" },
    } as const;
    expect((await sluice.ask(asOperator)).statusCode).toBe(403);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Role } from "../../auth/index.ts";
import { addActuator } from "../testing/test-actuators.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

let sluice: TestApp;
let pump: number;
let ponds = 0;
beforeAll(async () => {
  sluice = await createTestApp();
});
beforeEach(async () => {
  pump = (await addActuator(sluice, { maxRunMs: 30_000, cooldownMs: 900_000 })).id;
});
afterAll(() => sluice.close());

const run = () =>
  sluice.ask({
    as: "operator",
    method: "POST",
    url: `/api/v1/actuators/${pump}/commands`,
    payload: { kind: "RUN", durationMs: 1_000 },
  });

describe("a change of mode", () => {
  const change = (payload: object, as: Role = "operator") =>
    sluice.ask({ as, method: "PATCH", url: `/api/v1/actuators/${pump}`, payload });

  it("to manual, and back, is an operator's, and in the audit with both", async () => {
    expect((await change({ mode: "manual" })).json()).toMatchObject({ mode: "manual", lockedBy: null, status: "IDLE" });
    const automatic = await sluice.ask({ url: `/api/v1/actuators/${pump}/why-not?priority=THRESHOLD` });
    expect(automatic.json().limits).toMatchObject([{ limit: "manual_mode" }, { limit: "offline" }]);
    expect((await change({ mode: "auto" })).json()).toMatchObject({ mode: "auto" });
    const { rows } = await sluice.database.pool.query(
      "select actor, before, after, address from audit_event where action = 'actuator.mode' and subject = $1 order by id",
      [`actuator:${pump}`],
    );
    const by = { actor: expect.stringMatching(/^user:/), address: "127.0.0.1" };
    expect(rows).toEqual([
      { ...by, before: { mode: "auto" }, after: { mode: "manual" } },
      { ...by, before: { mode: "manual" }, after: { mode: "auto" } },
    ]);
  });

  it("to a lock-out stops it and names who works there; another operator neither ends it nor takes it over", async () => {
    const locked = (await change({ mode: "locked-out" }, "admin")).json();
    expect(locked).toMatchObject({ mode: "locked-out", lockedBy: "admin@example.org", status: "HELD" });
    expect((await run()).json()).toMatchObject({
      status: 409,
      code: "actuator.locked_out",
    });
    for (const mode of ["auto", "manual", "locked-out"]) {
      const refused = await change({ mode });
      expect(refused.json(), mode).toMatchObject({
        status: 403,
        code: "actuator.locked_by_another",
        lockedBy: "admin@example.org",
      });
    }
    expect((await change({ mode: "auto" }, "admin")).json()).toMatchObject({ mode: "auto", status: "HELD" });
  });

  it("out of a lock-out is for who made it, and for an administrator", async () => {
    expect((await change({ mode: "locked-out" })).json()).toMatchObject({ lockedBy: "operator@example.org" });
    expect((await change({ mode: "auto" })).json()).toMatchObject({ mode: "auto", lockedBy: null });
    await change({ mode: "locked-out" });
    expect((await change({ mode: "auto" }, "admin")).json()).toMatchObject({ mode: "auto" });
  });

  it("is refused to whoever only reads", async () => {
    expect((await change({ mode: "manual" }, "scientist")).statusCode).toBe(403);
  });
});

describe("a change of limits", () => {
  const change = (payload: object, as: Role = "admin", id = pump) =>
    sluice.ask({ as, method: "PATCH", url: `/api/v1/actuators/${id}`, payload });
  const versionOf = async (id: number) =>
    (await sluice.database.pool.query("select envelope_version as version from actuator where id = $1", [id])).rows[0]
      .version;

  it("sets what it names, takes away what is null, and raises the version of the device's configuration", async () => {
    const envelope = {
      maxRunMs: 20_000,
      minOffMs: 5_000,
      maxStartsPerDay: 10,
      maxRunMsPerDay: 100_000,
      linkLossMs: 30_000,
      maxReadingAgeMs: 60_000,
      safeState: "local",
      interlockGroup: "north pumps",
      maxDose: { amount: 5, unit: "L" },
      permissives: [{ device: "tank", metric: "level", operator: "above", value: 10, maxAgeMs: 60_000 }],
    };
    const changed = (await change({ envelope })).json();
    expect(changed.envelope).toEqual({ ...envelope, cooldownMs: 900_000 });
    expect(changed.interlockGroup).toBe("north pumps");
    expect(await versionOf(pump)).toBe(2);
    const none = { minOffMs: null, safeState: null, interlockGroup: null, maxDose: null, permissives: null };
    expect((await change({ envelope: none })).json().envelope).toMatchObject({
      maxRunMs: 20_000,
      minOffMs: null,
      safeState: "off",
      interlockGroup: null,
      maxDose: null,
      permissives: [],
      maxStartsPerDay: 10,
    });
    expect(await versionOf(pump)).toBe(3);
    const { rows } = await sluice.database.pool.query(
      "select before, after, address from audit_event where action = 'actuator.envelope' and subject = $1 order by id limit 1",
      [`actuator:${pump}`],
    );
    expect(rows).toMatchObject([{ before: { maxRunMs: 30_000 }, after: envelope, address: "127.0.0.1" }]);
  });

  it.each([
    [{ maxRunMs: 0 }, "maxRunMs must be >= 1"],
    [{ maxRunMs: null }, "maxRunMs"],
    [{ maxRunMs: 86_400_001 }, "maxRunMs must be <= 86400000"],
    [{ cooldownMs: -1 }, "cooldownMs must be >= 0"],
    [{ minOffMs: 1.5 }, "minOffMs must be integer"],
    [{ maxStartsPerDay: 1e9 }, "maxStartsPerDay must be <= 100000"],
    [{ maxReadingAgeMs: 0 }, "maxReadingAgeMs must be >= 1"],
    [{ safeState: "half" }, "safeState must be one of off, on, local"],
    [{ interlockGroup: "" }, "interlockGroup"],
    [{ maxDose: { amount: 0, unit: "L" } }, "maxDose/amount must be > 0"],
    [{ maxDose: { amount: 1 } }, "unit"],
    [{ permissives: [{ metric: "level", operator: "is", value: 1 }] }, "permissives/0/operator"],
    [{ permissives: Array(9).fill({ metric: "level", operator: "above", value: 1 }) }, "permissives"],
    [{ coolDownMs: 1 }, "coolDownMs"],
  ])("%o is a 400 that names the field, and changes nothing", async (envelope, named) => {
    const refused = await change({ envelope: { linkLossMs: 1_000, ...envelope } });
    expect(refused.json()).toMatchObject({ status: 400, detail: expect.stringContaining(named) });
    expect(await versionOf(pump)).toBe(1);
  });

  it("is an administrator's, together with whatever else is asked", async () => {
    for (const payload of [{ envelope: { cooldownMs: 0 } }, { unfenced: true }, { mode: "manual", unfenced: false }]) {
      expect((await change(payload, "operator")).json()).toMatchObject({ status: 403, code: "auth.forbidden" });
    }
    expect((await sluice.ask({ url: `/api/v1/actuators/${pump}` })).json()).toMatchObject({ mode: "auto" });
  });

  it.each(["manual", "locked-out"])("together with the mode %s is all or nothing", async (mode) => {
    const [first, second] = await addPair();
    const group = { interlockGroup: `group ${first}`, safeState: "on" };
    await change({ envelope: group }, "admin", first);
    const both = { mode, unfenced: true, envelope: { cooldownMs: 1_000, ...group } };
    const before = (await sluice.ask({ url: `/api/v1/actuators/${second}` })).json();
    const refused = await change(both, "admin", second);
    expect(refused.json()).toMatchObject({ status: 409, code: "actuator.interlock_invalid" });
    expect((await sluice.ask({ url: `/api/v1/actuators/${second}` })).json()).toEqual(before);
    const changed = await change({ ...both, envelope: { cooldownMs: 1_000 } }, "admin", second);
    expect(changed.json()).toMatchObject({ mode, unfenced: true, envelope: { cooldownMs: 1_000 } });
    const { rows } = await sluice.database.pool.query(
      "select count(distinct xmin::text)::int as transactions, count(*)::int as changes from audit_event where subject = $1",
      [`actuator:${second}`],
    );
    expect(rows).toEqual([{ transactions: 1, changes: 3 }]);
  });

  it("lets at most one member of a group go on by itself, also when two ask at once", async () => {
    const device = await addPair();
    const self = (id: number, group: string) =>
      change({ envelope: { safeState: "on", interlockGroup: group } }, "admin", id);
    expect((await self(device[0]!, "air")).statusCode).toBe(200);
    const second = await self(device[1]!, "air");
    expect(second.json()).toMatchObject({ status: 409, code: "actuator.interlock_invalid" });
    const pair = await addPair();
    const answers = await Promise.all(pair.map((id) => self(id, "more air")));
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409]);
    const refused = answers.find(({ statusCode }) => statusCode === 409)!;
    expect(refused.json()).toMatchObject({ code: "actuator.interlock_invalid" });
  });

  it("to unfenced is in the audit, and is shown with who allowed it", async () => {
    const allowed = (await change({ unfenced: true })).json();
    expect(allowed).toMatchObject({ unfenced: true, unfencedAllowedBy: expect.stringMatching(/^user:/) });
    expect((await change({ unfenced: false })).json()).toMatchObject({ unfenced: false, unfencedAllowedBy: null });
    const { rows } = await sluice.database.pool.query(
      "select before, after from audit_event where action = 'actuator.unfenced' and subject = $1 order by id",
      [`actuator:${pump}`],
    );
    expect(rows).toEqual([
      { before: { isAllowed: false }, after: { isAllowed: true } },
      { before: { isAllowed: true, allowedBy: allowed.unfencedAllowedBy }, after: { isAllowed: false } },
    ]);
  });

  /** Two aerators of one device. */
  async function addPair(): Promise<number[]> {
    const key = `pond-${++ponds}`;
    const limits = { kind: "aerator", maxRunMs: 60_000, cooldownMs: 0 };
    const actuators = ["a", "b"].map((actuator) => ({ key: actuator, ...limits }));
    await sluice.ask({ method: "POST", url: "/api/v1/profiles", payload: { key, name: key, actuators } });
    await sluice.ask({ method: "POST", url: "/api/v1/devices", payload: { uid: key, profile: key } });
    const found = (await sluice.ask({ url: `/api/v1/devices/${key}/actuators` })).json();
    return found.map(({ id }: { id: number }) => id);
  }
});

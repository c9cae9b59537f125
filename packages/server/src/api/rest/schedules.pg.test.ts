import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addActuator, type TestActuator } from "../testing/test-actuators.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

let sluice: TestApp;
let valve: TestActuator;
beforeAll(async () => {
  sluice = await createTestApp();
  valve = await addActuator(sluice);
});
afterAll(() => sluice.close());

const PATHS = ["/api/v1/schedules", "/api/v1/automation/schedules"];
const DAILY = { kind: "cron", expression: "0 6 * * *" };

let made = 0;
async function add(change: object = {}, path = PATHS[0]!) {
  const name = `Watering ${++made}`;
  const payload = { name, actuator: valve.id, action: { kind: "RUN", durationMs: 20_000 }, times: DAILY, ...change };
  return sluice.ask({ method: "POST", url: path, payload });
}

describe.each(PATHS)("%s", (path) => {
  it("makes, shows, changes and deletes", async () => {
    const created = await add({}, path);
    expect(created.statusCode).toBe(201);
    const schedule = created.json();
    expect(created.headers.location).toBe(`${path}/${schedule.id}`);
    expect(schedule).toMatchObject({
      ...{
        actuator: valve.id,
        actuatorKey: "valve",
        device: valve.uid,
        timeZone: "Europe/Berlin",
        isSiteTimeZone: true,
      },
      ...{ skippedTime: "shift", repeatedTime: "first", latestStartMs: 3_600_000, paused: null, problem: null },
      missedRuns: { policy: "skip", missedWithinMs: 86_400_000, maxMissed: 10 },
      next: { occurrence: expect.stringMatching(/T06:00:00 Europe\/Berlin #1$/) },
    });
    const url = `${path}/${schedule.id}`;
    expect((await sluice.ask({ as: "scientist", url })).json()).toEqual(schedule);
    const listed = await sluice.ask({ as: "operator", url: `${path}?actuator=${valve.id}&limit=1000` });
    expect(listed.json()).toContainEqual(schedule);
    const changed = await sluice.ask({ method: "PATCH", url, payload: { timeZone: "Asia/Kolkata" } });
    expect(changed.json()).toMatchObject({ timeZone: "Asia/Kolkata", isSiteTimeZone: false });
    expect((await sluice.ask({ method: "DELETE", url })).statusCode).toBe(204);
    expect((await sluice.ask({ url })).json()).toMatchObject({ status: 404, code: "schedule.unknown" });
    const { rows } = await sluice.database.pool.query("select action from audit_event where subject = $1 order by id", [
      `schedule:${schedule.id}`,
    ]);
    expect(rows.map(({ action }) => action)).toEqual(["schedule.create", "schedule.update", "schedule.delete"]);
  });
});

describe("a schedule", () => {
  it("is made by administrators, and paused and resumed by operators", async () => {
    const payload = { name: "Mine", actuator: valve.id, action: { kind: "STOP" }, times: DAILY };
    const refused = await sluice.ask({ as: "operator", method: "POST", url: PATHS[0]!, payload });
    expect(refused.statusCode).toBe(403);
    const url = `${PATHS[0]}/${(await add()).json().id}`;
    const pause = { as: "operator", method: "POST", url: `${url}/pause` } as const;
    const paused = await sluice.ask({ ...pause, payload: { reason: "Harvest", until: "2099-01-01T00:00:00Z" } });
    expect(paused.json().paused).toMatchObject({ reason: "Harvest", until: "2099-01-01T00:00:00.000Z" });
    expect((await sluice.ask({ ...pause, as: "scientist" })).statusCode).toBe(403);
    const resumed = await sluice.ask({ as: "operator", method: "POST", url: `${url}/resume` });
    expect(resumed.json().paused).toBeNull();
  });

  it("tells its next occurrences and its runs", async () => {
    const { id } = (await add({ times: { kind: "every", everyMs: 3_600_000, anchor: "2026-01-01" } })).json();
    const upcoming = await sluice.ask({ as: "operator", url: `${PATHS[0]}/${id}/occurrences?count=3` });
    expect(upcoming.json().occurrences).toHaveLength(3);
    expect((await sluice.ask({ url: `${PATHS[0]}/${id}/occurrences` })).json().occurrences).toHaveLength(10);
    await sluice.database.pool.query(
      `insert into schedule_run (schedule_id, run_key, organization_id, due_at, state, reason, recorded_at)
       select $1, 'run ' || n, $2, timestamptz '2026-01-01' + n * interval '1 hour', 'missed', 'policy', now()
         from generate_series(1, 3) n`,
      [id, sluice.organizationId],
    );
    const first = await sluice.ask({ as: "scientist", url: `${PATHS[0]}/${id}/runs?limit=2` });
    expect(first.json().map(({ occurrence }: { occurrence: string }) => occurrence)).toEqual(["run 3", "run 2"]);
    const next = /<(.+)>/.exec(String(first.headers.link))![1]!;
    expect((await sluice.ask({ url: next })).json()).toEqual([
      expect.objectContaining({ occurrence: "run 1", state: "missed", reason: "policy", execution: null }),
    ]);
    expect((await sluice.ask({ url: `${PATHS[0]}/${id}/runs?state=opened` })).json()).toEqual([]);
    expect((await sluice.ask({ url: `${PATHS[0]}/999999/runs` })).statusCode).toBe(404);
    expect((await sluice.ask({ url: `${PATHS[0]}/999999/occurrences` })).statusCode).toBe(404);
  });

  it("can be tried before it is made, with what the clock does to it", async () => {
    const payload = {
      times: { kind: "cron", expression: "30 2 * * *" },
      timeZone: "Europe/Berlin",
      skippedTime: "skip",
    };
    const year = new Date().getUTCFullYear() + 1;
    const preview = (more: object) =>
      sluice.ask({ as: "scientist", method: "POST", url: `${PATHS[0]}/preview`, payload: { ...payload, ...more } });
    const { timeZone, occurrences } = (await preview({ from: `${year}-03-20T00:00:00`, count: 14 })).json();
    expect(timeZone).toBe("Europe/Berlin");
    const skipped = occurrences.filter(({ utc }: { utc: string | null }) => utc === null);
    expect(skipped).toEqual([
      expect.objectContaining({ clockChange: "skipped", note: expect.stringContaining("does not happen") }),
    ]);
    expect(occurrences).toHaveLength(15);
    const atSite = await preview({ timeZone: undefined, actuator: valve.id });
    expect(atSite.json().timeZone).toBe("Europe/Berlin");
    expect(atSite.json().occurrences.length).toBeGreaterThanOrEqual(10);
  });

  it.each([
    ["schedule.cron_impossible", { times: { kind: "cron", expression: "30 2 31 2 *" }, timeZone: "UTC" }],
    ["schedule.time_zone", { times: DAILY, timeZone: "Europe/Atlantis" }],
    ["schedule.time_zone", { times: DAILY }],
    ["schedule.rrule", { times: { kind: "rrule", rule: "FREQ=SECONDLY", start: "2026-01-01" }, timeZone: "UTC" }],
    ["schedule.actuator_unknown", { times: DAILY, actuator: 4711 }],
    ["schedule.place_unknown", { times: { kind: "sun", event: "sunset", offsetMs: 0 }, timeZone: "UTC" }],
  ])("is refused as %s with the reason", async (code, payload) => {
    const preview = await sluice.ask({ method: "POST", url: `${PATHS[0]}/preview`, payload });
    expect(preview.json()).toMatchObject({ status: 400, code, detail: expect.any(String) });
  });

  it("of one organization is unknown to another", async () => {
    const { id } = (await add()).json();
    const { rows } = await sluice.database.pool.query(
      "insert into organization (slug, name) values ('other', 'Other') returning id",
    );
    const other = rows[0].id;
    await sluice.database.pool.query("update membership set organization_id = $1 where roles = '{scientist}'", [other]);
    const login = { username: "scientist@example.org", password: "correct horse battery" };
    const answer = await sluice.app.inject({ method: "POST", url: "/api/auth/login", payload: login });
    const authorization = `Bearer ${answer.json().access_token}`;
    for (const path of ["", "/occurrences", "/runs"]) {
      const asked = await sluice.app.inject({ url: `${PATHS[0]}/${id}${path}`, headers: { authorization } });
      expect(asked.statusCode).toBe(404);
    }
    const listed = await sluice.app.inject({ url: PATHS[0]!, headers: { authorization } });
    expect(listed.json()).toEqual([]);
  });
});

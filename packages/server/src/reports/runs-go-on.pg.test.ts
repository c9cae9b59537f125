import type { ReportContent } from "@sluice/core/reports/report-content.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { LEASE_MS, MAX_ATTEMPTS } from "./limits.ts";
import { updateReportSchedule } from "./manage-report-schedules.ts";
import { openDueRuns } from "./open-due-runs.ts";
import { readReport } from "./report-files.ts";
import type { ClaimedRun } from "./report-run.ts";
import { claimRun, endAttempt } from "./report-run-store.ts";
import { requireReportSchedule } from "./report-schedule-store.ts";
import { deleteReport, requestReport } from "./request-report.ts";
import { sweepReports } from "./sweep-reports.ts";
import { createTestReports, SITE, type TestReports } from "./testing/test-reports.ts";

let water: TestReports;
beforeAll(async () => {
  water = await createTestReports();
  const payload = { slug: "howe", name: "Lord Howe", timeZone: "Australia/Lord_Howe" };
  await water.sluice.ask({ method: "POST", url: "/api/v1/sites", payload });
  await water.store("weir", "2026-10-19T22:00:00Z", 48, 1_800_000, () => 7);
});
beforeEach(async () => {
  water.setTime("2026-10-26T12:00:00Z");
  await pool().query("delete from report_run; delete from report_schedule");
});
afterAll(() => water.sluice.close());

const pool = () => water.sluice.database.pool;
const hourly = { report: "water-quality-hourly", times: { kind: "cron", expression: "* * * * *" } } as const;
const request = (period = "2026-10-20") =>
  requestReport(water.reports, water.by, { report: "water-quality-daily", location: SITE, period, keepDays: 36_500 });
const claimAt = (instant: string): Promise<ClaimedRun | undefined> =>
  claimRun(pool(), { at: new Date(instant), leaseUntil: new Date(Date.parse(instant) + LEASE_MS), urgentOnly: false });
const dueAt = async (id: number) => (await requireReportSchedule(pool(), water.by.organizationId, id)).nextDueAt;

test("the half hour in which Lord Howe sets its clock back is reported like any other", async () => {
  water.setTime("2026-04-04T14:50:00Z");
  await water.schedule({ ...hourly, location: "howe" });
  for (const instant of ["2026-04-04T15:05:00Z", "2026-04-04T15:35:00Z", "2026-04-04T16:35:00Z"]) {
    water.setTime(instant);
    await openDueRuns(water.reports);
  }
  expect((await water.runs()).map(({ period }) => period)).toEqual([
    "2026-04-05T00:00+11:00",
    "2026-04-05T01:00+11:00",
    "2026-04-05T01:30+10:30",
    "2026-04-05T02:00+10:30",
  ]);
});

test("a schedule that cannot be opened keeps no other from its turn, and stays due", async () => {
  const wrong = await water.schedule({ ...hourly, name: "Wrong" });
  const right = await water.schedule(hourly);
  await pool().query(
    `create function refuse() returns trigger language plpgsql as 'begin raise exception ''full''; end'`,
  );
  await pool().query(`create trigger refuse before insert on report_run for each row
                      when (new.schedule_id = ${wrong.id}) execute function refuse()`);
  try {
    water.setTime("2026-10-26T13:05:00Z");
    await water.makeAll();
  } finally {
    await pool().query("drop function refuse cascade");
  }
  expect(await water.runs()).toMatchObject([
    { schedule: right.id, state: "done" },
    { schedule: right.id, state: "done" },
  ]);
  expect(await dueAt(wrong.id)).toEqual(new Date("2026-10-26T12:01:00Z"));
  await openDueRuns(water.reports);
  expect(await water.runs()).toHaveLength(4);
});

test("a report of an hour is due at most once an hour, however often its schedule occurs", async () => {
  const { id } = await water.schedule(hourly);
  water.setTime("2026-10-26T12:01:00Z");
  await openDueRuns(water.reports);
  expect(await dueAt(id)).toEqual(new Date("2026-10-26T13:00:00Z"));
});

test("a report that takes its process down with it is given up after the attempts that it has", async () => {
  await request();
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    expect(await claimAt(`2026-10-26T12:${10 + 2 * attempt}:00Z`)).toMatchObject({ attempts: attempt });
  }
  water.setTime("2026-10-26T12:20:59Z");
  await water.makeAll();
  expect(await water.runs()).toMatchObject([{ state: "running" }]);
  water.setTime("2026-10-26T12:21:00Z");
  await water.makeAll();
  expect(await water.runs()).toMatchObject([{ state: "failed", errorCode: "report.died", attempts: MAX_ATTEMPTS }]);
});

test.each([
  { state: "done", isComplete: true, share: 1, files: {} },
  { state: "queued", errorCode: "x", error: "x" },
] as const)("what was deleted while it was made goes with the next sweep, $state or not", async (ending) => {
  const { id } = await request();
  const claimed = await claimAt("2026-10-26T12:00:00Z");
  await deleteReport(water.reports, water.by, id);
  expect(await endAttempt(pool(), claimed!, ending, new Date("2026-10-26T12:00:30Z"))).toBe(true);
  const later = new Date("2026-10-26T13:00:00Z");
  await sweepReports(water.reports, later, later);
  expect((await pool().query("select 1 from report_run")).rowCount).toBe(0);
});

test("a schedule whose report was unknown comes again once it is given one that is there", async () => {
  const { id } = await water.schedule();
  await pool().query("update report_schedule set report = 'gone'");
  water.setTime("2026-10-27T12:00:00Z");
  await openDueRuns(water.reports);
  expect(await dueAt(id)).toBeNull();
  await updateReportSchedule(water.reports, water.by, id, { report: "water-quality-daily" });
  expect(await dueAt(id)).toEqual(new Date("2026-10-28T05:00:00Z"));
});

test("a site that moves to another zone while a report waits changes nothing of its period", async () => {
  await request();
  const move = (zone: string) => pool().query("update site set time_zone = $1 where slug = $2", [zone, SITE]);
  await move("Asia/Kathmandu");
  try {
    await water.makeAll();
  } finally {
    await move("Europe/Berlin");
  }
  const [run] = await water.runs();
  const bytes = await readReport(water.reports, run!, "json", new AbortController().signal);
  const content: ReportContent = JSON.parse(Buffer.from(bytes).toString());
  const span = { from: "2026-10-19T22:00:00.000Z", to: "2026-10-20T22:00:00.000Z" };
  expect(content).toMatchObject({ period: { name: "2026-10-20", ...span }, completeness: { readings: 48 } });
});

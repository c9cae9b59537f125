import { SluiceError } from "@sluice/core/errors.ts";
import type { ReportContent } from "@sluice/core/reports/report-content.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { LEASE_MS, MAX_ATTEMPTS, MAX_MADE_UP } from "./limits.ts";
import { updateReportSchedule } from "./manage-report-schedules.ts";
import { readReport } from "./report-files.ts";
import type { ReportRun } from "./report-run.ts";
import { claimRun } from "./report-run-store.ts";
import { requireReportSchedule } from "./report-schedule-store.ts";
import type { Reports } from "./reports.ts";
import { deleteReport, requestReport } from "./request-report.ts";
import { sweepReports } from "./sweep-reports.ts";
import { readPdf } from "./testing/read-pdf.ts";
import { createTestReports, SITE, type TestReports } from "./testing/test-reports.ts";

let water: TestReports;
let reports: Reports;
beforeAll(async () => {
  water = await createTestReports();
  reports = water.reports;
  // A reading every five minutes through the 25 hours of the day, from one of two stations.
  await water.store("weir", "2026-10-24T22:00:00Z", 300, 300_000, (index) => 7 + (index % 10) / 10);
});
beforeEach(async () => {
  water.setTime("2026-10-26T12:00:00Z");
  await water.sluice.database.pool.query("delete from report_run; delete from report_schedule");
});
afterAll(() => water.sluice.close());

const never = new AbortController().signal;
const draft = { report: "water-quality-daily", location: SITE, period: "2026-10-25" };
const request = (change: object = {}) => requestReport(reports, water.by, { ...draft, ...change });
const states = async () => (await water.runs()).map(({ period, state }) => `${period} ${state}`);
const contentOf = async (run: ReportRun): Promise<ReportContent> =>
  JSON.parse(Buffer.from(await readReport(reports, run, "json", never)).toString());
const filesKept = async () => {
  const names: string[] = [];
  for await (const { name } of reports.objects.list("reports/")) names.push(name);
  return names;
};

test("the numbers of the PDF are those of the JSON, in the language of the site, over a day of 25 hours", async () => {
  await request();
  await water.makeAll();
  const [run] = await water.runs();
  expect(run).toMatchObject({ state: "done", isComplete: true, language: "de", attempts: 1 });
  expect(Object.keys(run!.files)).toEqual(["csv", "pdf", "json"]);
  const content = await contentOf(run!);
  expect(content.period).toMatchObject({ name: "2026-10-25", hours: 25, isComplete: true });
  expect(content.completeness).toEqual({ expected: 300, readings: 300, share: 1 });
  const summary = content.sections.find((section) => section.kind === "summary")!;
  expect(summary.rows).toMatchObject([{ metric: "ph", count: 300, min: 7, max: 7.9, minDevice: "weir", devices: 1 }]);
  const { mean } = summary.rows[0]!;
  expect(mean).toBeCloseTo(7.45, 9);
  const pages = await readPdf(await readReport(reports, run!, "pdf", never));
  const text = pages.join(" ");
  const german = (value: number) => value.toFixed(2).replace(".", ",");
  expect(text).toContain(`pH-Wert pH ${german(mean!)} ${german(7)}`);
  for (const part of ["Tagesbericht Wasserqualität", "Sonntag, 25. Oktober 2026 (25 Std., Europe/Berlin)", "100,0 %"]) {
    expect(text).toContain(part);
  }
  expect(text).toContain("300 gültige Messwerte kamen von 300");
  expect(text).toContain("Station weir weir 7,45 7,00 – 7,90 300");
  const csv = Buffer.from(await readReport(reports, run!, "csv", never))
    .toString()
    .split("\r\n");
  expect(csv[0]).toBe("site,from,until,device,name,metric,unit,mean,min,max,count,expected,share");
  const head = "altenau,2026-10-24T22:00:00.000Z,2026-10-25T23:00:00.000Z,weir,Station weir,ph,pH";
  expect(csv[1]).toBe(`${head},${mean},7,7.9,300,300,1`);
});

test("a form that was not kept is made of the kept JSON", async () => {
  await request({ formats: ["json"] });
  await water.makeAll();
  const [run] = await water.runs();
  expect(Object.keys(run!.files)).toEqual(["json"]);
  expect(
    Buffer.from(await readReport(reports, run!, "pdf", never))
      .subarray(0, 5)
      .toString(),
  ).toBe("%PDF-");
});

test("a schedule has one run a period, with two processes that look at it again and again", async () => {
  await water.schedule();
  for (const instant of [
    "2026-10-27T04:59:59Z",
    "2026-10-27T05:00:00Z",
    "2026-10-27T05:00:05Z",
    "2026-10-28T05:00:00Z",
  ]) {
    water.setTime(instant);
    await Promise.all([water.makeAll(), water.makeAll()]);
  }
  expect(await states()).toEqual(["2026-10-26 done", "2026-10-27 done"]);
});

test("after a long time off the newest are made up for, and the others counted", async () => {
  const { id } = await water.schedule({ formats: ["json"] });
  water.setTime("2026-11-26T12:00:00Z");
  await water.makeAll();
  const runs = await states();
  expect([runs.length, runs[0], runs.at(-1)]).toEqual([MAX_MADE_UP, "2026-11-19 done", "2026-11-25 done"]);
  const schedule = await requireReportSchedule(reports.pool, water.by.organizationId, id);
  expect([schedule.missed, schedule.nextDueAt]).toEqual([31 - MAX_MADE_UP, new Date("2026-11-27T05:00:00Z")]);
});

test("a site that moves to another zone moves its schedules, and a disabled one asks for nothing", async () => {
  const { id } = await water.schedule();
  const next = async () => (await requireReportSchedule(reports.pool, water.by.organizationId, id)).nextDueAt;
  expect(await next()).toEqual(new Date("2026-10-27T05:00:00Z"));
  const move = (zone: string) => reports.pool.query("update site set time_zone = $1 where slug = $2", [zone, SITE]);
  await move("America/New_York");
  await water.makeAll();
  expect(await next()).toEqual(new Date("2026-10-27T10:00:00Z"));
  await move("Europe/Berlin");
  await updateReportSchedule(reports, water.by, id, { isEnabled: false });
  water.setTime("2026-10-29T12:00:00Z");
  await water.makeAll();
  expect([await next(), await states()]).toEqual([null, []]);
  await updateReportSchedule(reports, water.by, id, { isEnabled: true });
  await water.makeAll();
  expect([await next(), await states()]).toEqual([new Date("2026-10-30T05:00:00Z"), []]);
});

test("what a process that died had begun is made by another, after its lease, and never twice", async () => {
  await request();
  const at = new Date("2026-10-26T12:00:00Z");
  const dead = await claimRun(reports.pool, { at, leaseUntil: new Date(at.getTime() + LEASE_MS), urgentOnly: false });
  expect(dead).toMatchObject({ period: "2026-10-25", attempts: 1 });
  // What it had written before it died.
  const left = `reports/${water.by.organizationId}/${dead!.id}-1.json`;
  await reports.objects.put(left, Buffer.from("half"));
  await water.makeAll();
  expect(await states()).toEqual(["2026-10-25 running"]);
  water.setTime("2026-10-26T12:01:00Z");
  await Promise.all([water.makeAll(), water.makeAll()]);
  expect(await water.runs()).toMatchObject([{ state: "done", attempts: 2 }]);
  expect(await filesKept()).not.toContain(left);
});

test("what somebody waits for is made while bulk is stuck, and before it", async () => {
  await water.schedule({ formats: ["json"] });
  water.setTime("2026-10-28T12:00:00Z");
  const gate = Promise.withResolvers<void>();
  const begun: string[] = [];
  const aggregate: Reports["telemetry"]["aggregate"] = async (query) => {
    const isBulk = new Date(query.fromMicros / 1000).getTime() > Date.parse("2026-10-25T23:00:00Z") - 1;
    begun.push(isBulk ? "bulk" : "urgent");
    if (isBulk) await gate.promise;
    return reports.telemetry.aggregate(query);
  };
  const worker = water.worker({ telemetry: { ...reports.telemetry, aggregate } });
  worker.start();
  await expect.poll(() => begun).toEqual(["bulk"]);
  await request({ formats: ["json"] });
  worker.nudge();
  await expect.poll(states).toEqual(["2026-10-26 running", "2026-10-27 queued", "2026-10-25 done"]);
  gate.resolve();
  await worker.settled();
  await worker.stop();
  expect((await states()).toSorted()).toEqual(["2026-10-25 done", "2026-10-26 done", "2026-10-27 done"]);
});

test("lost data fails the report with its name, after the attempts that it has, and no file is left", async () => {
  const lost = new SluiceError("internal", "telemetry.part_missing", "The part x is lost: restore it from a backup.");
  const telemetry = { ...reports.telemetry, aggregate: () => Promise.reject(lost) };
  const before = await filesKept();
  await request();
  const waits: number[] = [];
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const { rows } = await reports.pool.query("select due_at as due from report_run");
    water.setTime(rows[0].due.toISOString());
    waits.push(rows[0].due.getTime());
    await water.makeAll({ telemetry });
  }
  expect(waits.slice(1).map((due, index) => (due - waits[index]!) / 1000)).toEqual([10, 40, 160, 640]);
  const [run] = await water.runs();
  expect(run).toMatchObject({
    state: "failed",
    attempts: MAX_ATTEMPTS,
    errorCode: "telemetry.part_missing",
    error: lost.message,
  });
  expect(await filesKept()).toEqual(before);
  await expect(readReport(reports, run!, "json", never)).rejects.toMatchObject({
    code: "report.failed",
    details: { reason: "telemetry.part_missing" },
  });
});

test("what no attempt can mend fails at once", async () => {
  await request({ period: "2026-10-25" });
  await reports.pool.query("update report_run set report = 'nobody-knows'");
  await water.makeAll();
  expect(await water.runs()).toMatchObject([{ state: "failed", attempts: 1, errorCode: "report.definition_unknown" }]);
});

test("a day that is not over is marked in JSON and PDF", async () => {
  water.setTime("2026-10-25T10:00:00Z");
  await request();
  await water.makeAll();
  const [run] = await water.runs();
  expect(run).toMatchObject({ state: "done", isComplete: false });
  const content = await contentOf(run!);
  expect(content.period).toMatchObject({ isComplete: false, until: "2026-10-25T10:00:00.000Z" });
  const [page] = await readPdf(await readReport(reports, run!, "pdf", never));
  expect(page).toContain("UNVOLLSTÄNDIG: Der Zeitraum war noch nicht zu Ende. Messwerte bis 25. Okt. 2026, 11:00 MEZ.");
});

test("what is kept no longer goes, files first, and what was deleted at once", async () => {
  await request({ keepDays: 2 });
  await request({ period: "2026-10-24" });
  await water.makeAll();
  const [old, deleted] = await water.runs();
  const of = async (run: ReportRun) => (await filesKept()).filter((name) => name.includes(run.id)).length;
  await deleteReport(reports, water.by, deleted!.id);
  const sweep = (instant: string) => sweepReports(reports, new Date(instant), new Date(instant));
  await sweep("2026-10-28T11:59:59Z");
  expect([await of(old!), await of(deleted!)]).toEqual([3, 0]);
  await sweep("2026-10-28T12:00:01Z");
  expect([await of(old!), (await water.runs()).length]).toEqual([0, 0]);
});

test("a kept file that was changed is told from a good one", async () => {
  await request({ formats: ["json"] });
  await water.makeAll();
  const [run] = await water.runs();
  const files = { json: { ...run!.files.json!, checksum: "0".repeat(64) } };
  await expect(readReport(reports, { ...run!, files }, "json", never)).rejects.toMatchObject({
    code: "report.file_damaged",
  });
});

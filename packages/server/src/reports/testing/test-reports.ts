import { randomUUID } from "node:crypto";
import { createTestApp, type TestApp } from "../../api/testing/test-app.ts";
import type { Requester } from "../../devices/index.ts";
import type { Clock } from "../../platform/clock.ts";
import { createReportSchedule, type ReportScheduleDraft } from "../manage-report-schedules.ts";
import type { ReportRun } from "../report-run.ts";
import { listRuns } from "../report-run-store.ts";
import type { ReportSchedule } from "../report-schedule-store.ts";
import { ReportWorker } from "../report-worker.ts";
import type { Reports } from "../reports.ts";

/** A site in Berlin with stations, and a clock that says what a test says. */
export interface TestReports {
  readonly sluice: TestApp;
  readonly reports: Reports;
  readonly by: Requester;
  setTime(instant: string): void;
  /** Every morning at 06:00 the day before, unless something else is said. */
  schedule(change?: Partial<ReportScheduleDraft>): Promise<ReportSchedule>;
  /** A process that makes reports; with what of it is to be another. */
  worker(change?: Partial<Reports>): ReportWorker;
  /** Everything that can be made now, by one process. */
  makeAll(change?: Partial<Reports>): Promise<void>;
  /** Oldest first. */
  runs(): Promise<ReportRun[]>;
  /** Readings of pH one after the other. */
  store(
    uid: string,
    fromInstant: string,
    count: number,
    stepMs: number,
    value: (index: number) => number,
  ): Promise<void>;
}

export const SITE = "altenau";

export async function createTestReports(): Promise<TestReports> {
  const sluice = await createTestApp();
  const by = { organizationId: sluice.organizationId, actor: "system", mayMailOutside: true };
  const time = { nowMs: Date.parse("2026-10-26T12:00:00Z") };
  const clock: Clock = {
    nowMicros: () => time.nowMs * 1000,
    monotonicMs: () => time.nowMs,
    after: () => () => {},
  };
  const reports: Reports = { ...sluice.reports, clock, newId: randomUUID };
  await sluice.ask({
    method: "POST",
    url: "/api/v1/sites",
    payload: { slug: SITE, name: "Wasserwerk Altenau", region: "Harz", timeZone: "Europe/Berlin", language: "de" },
  });
  for (const uid of ["weir", "well"]) {
    const payload = { uid, name: `Station ${uid}`, profile: "water-quality", site: SITE };
    await sluice.ask({ method: "POST", url: "/api/v1/devices", payload });
  }
  // They stood there before the days that are reported.
  await sluice.database.pool.query("update device set created_at = '2026-01-01'");
  const worker = (change: Partial<Reports> = {}) => new ReportWorker({ ...reports, ...change });
  return {
    ...{ sluice, reports, by, worker },
    setTime: (instant) => {
      time.nowMs = Date.parse(instant);
    },
    schedule: (change = {}) =>
      createReportSchedule(reports, by, {
        ...{ name: "Morning", report: "water-quality-daily", location: SITE, times: { kind: "daily", at: "06:00" } },
        ...change,
      }),
    async makeAll(change) {
      const one = worker(change);
      one.start();
      await one.settled();
      await one.stop();
    },
    runs: async () => (await listRuns(sluice.database.pool, by.organizationId, { limit: 1000 })).reverse(),
    async store(uid, fromInstant, count, stepMs, value) {
      const fromMs = Date.parse(fromInstant);
      await Promise.all(
        Array.from({ length: count }, (_, index) => sluice.store(uid, fromMs + index * stepMs, { ph: value(index) })),
      );
    },
  };
}

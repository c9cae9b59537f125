import { isSluiceError, SluiceError } from "@sluice/core/errors.ts";
import type { ReportPeriodKind } from "@sluice/core/reports/report-definition.ts";
import type { ReportPeriod } from "@sluice/core/reports/report-period.ts";
import { requireSite } from "../devices/index.ts";
import { inTransaction } from "../platform/postgres.ts";
import { languageOf, requireDefinition } from "./definitions.ts";
import { gatherReport } from "./gather-report.ts";
import { limitTime } from "./limit-time.ts";
import { LEASE_MS, MAIL_LIFETIME_MS, MAX_ATTEMPTS, RENEW_MS } from "./limits.ts";
import { fileName, keepFiles } from "./report-files.ts";
import { insertMails } from "./report-mail-store.ts";
import { type ClaimedRun, REPORT_FORMATS } from "./report-run.ts";
import { endAttempt, type RunEnding, renewLease } from "./report-run-store.ts";
import { later, nowOf, type Reports } from "./reports.ts";

/** Makes a claimed run, and records what became of it. Throws only where that could not be recorded; the lease ends it then. */
export async function makeRun(reports: Reports, run: ClaimedRun, stopping: AbortSignal): Promise<void> {
  const limit = new AbortController();
  const signal = AbortSignal.any([stopping, limit.signal]);
  const cancelLimit = limitTime(reports.clock, limit);
  const stopRenewing = keepLease(reports, run, (reason) => limit.abort(reason));
  let ending: RunEnding;
  try {
    ending = await withinSignal(attempt(reports, run, signal), signal);
  } catch (error) {
    // What is under way when the server stops belongs to whoever comes next, as soon as the lease is over.
    if (stopping.aborted) return;
    ending = endingOf(error, run);
    reports.logger.warn({ err: error, report: run.id, attempt: run.attempts }, "a report could not be made");
  } finally {
    cancelLimit();
    stopRenewing();
  }
  await record(reports, run, ending);
}

async function attempt(reports: Reports, run: ClaimedRun, signal: AbortSignal): Promise<RunEnding> {
  const { organizationId, report, siteId, language, formats, recipients, attempts } = run;
  if (siteId === null) throw new SluiceError("not-found", "site.unknown", `The site "${run.site}" is gone.`);
  const definition = requireDefinition(report);
  const site = await requireSite(reports.pool, organizationId, siteId);
  const request = {
    ...{ organizationId, definition, site },
    period: periodOf(run, definition.period, site.timeZone),
    language: languageOf(language),
  };
  const content = await gatherReport(reports, request, signal);
  const nameOf = (format: (typeof REPORT_FORMATS)[number]) => fileName(organizationId, run.id, attempts, format);
  const kept = recipients.length > 0 ? [...formats, "pdf" as const] : formats;
  const files = await keepFiles(reports, nameOf, content, kept, signal);
  return { state: "done", isComplete: content.period.isComplete, share: content.completeness.share, files };
}

/** As it was asked for, by the clock that the site had then. */
function periodOf({ period, from, to }: ClaimedRun, kind: ReportPeriodKind, zone: string): ReportPeriod {
  return { kind, name: period, zone, fromMicros: from.getTime() * 1000, toMicros: to.getTime() * 1000 };
}

/** What an attempt leaves behind that was not the last: removed once the run is over. */
async function record(reports: Reports, run: ClaimedRun, ending: RunEnding): Promise<void> {
  const now = nowOf(reports);
  const isOurs = await inTransaction(reports.pool, async (client) => {
    const isEnded = await endAttempt(client, run, ending, now);
    if (isEnded && ending.state === "done") {
      await insertMails(client, run.id, run.recipients, now, later(now, MAIL_LIFETIME_MS));
    }
    return isEnded;
  });
  if (!isOurs) return;
  const last = ending.state === "done" ? run.attempts - 1 : run.attempts;
  if (ending.state !== "queued") await removeFiles(reports, run, last);
}

/** Of the attempts up to this one. */
export async function removeFiles(
  { objects }: Pick<Reports, "objects">,
  { organizationId, id }: Pick<ClaimedRun, "organizationId" | "id">,
  attempts: number,
): Promise<void> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    for (const format of REPORT_FORMATS) await objects.delete(fileName(organizationId, id, attempt, format));
  }
}

/** Answers what stops it. A lease that is lost ends the work: another has it. */
function keepLease(reports: Reports, run: ClaimedRun, onLost: (reason: Error) => void): () => void {
  let cancel = () => {};
  let isStopped = false;
  const renew = async () => {
    const isKept = await renewLease(reports.pool, run, later(nowOf(reports), LEASE_MS)).catch(() => true);
    if (!isKept) onLost(new Error("another worker has taken the report over"));
    if (!isStopped) schedule();
  };
  const schedule = () => {
    cancel = reports.clock.after(RENEW_MS, () => void renew());
  };
  schedule();
  return () => {
    isStopped = true;
    cancel();
  };
}

/** Not everything that is waited for hears of the signal: what goes on afterwards counts for nothing. */
function withinSignal<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/** What can pass by itself is tried again; what a person has to mend is not. */
function endingOf(error: unknown, { attempts }: ClaimedRun): RunEnding {
  const isKnown = isSluiceError(error);
  const errorCode = isKnown ? error.code : "report.failed";
  const text = isKnown ? error.message : "Something went wrong within Sluice; its log says what.";
  const isForGood = attempts >= MAX_ATTEMPTS || (isKnown && !error.retryable && error.kind !== "internal");
  return { state: isForGood ? "failed" : "queued", errorCode, error: text };
}

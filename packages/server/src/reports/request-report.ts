import { SluiceError } from "@sluice/core/errors.ts";
import type { ReportContent } from "@sluice/core/reports/report-content.ts";
import { parsePeriod, periodBefore } from "@sluice/core/reports/report-period.ts";
import type { Requester } from "../devices/index.ts";
import { inTransaction } from "../platform/postgres.ts";
import { languageOf, requireDefinition } from "./definitions.ts";
import { findLocation } from "./find-location.ts";
import { gatherReport, type ReportRequest } from "./gather-report.ts";
import { limitTime } from "./limit-time.ts";
import {
  BUSY_RETRY_MS,
  DEFAULT_KEEP_DAYS,
  MAX_ANSWERED_AT_ONCE,
  MAX_QUEUED_URGENT,
  MAX_WAITING_FOR_ANSWERS,
} from "./limits.ts";
import { REPORT_FORMATS, type ReportFormat, type ReportRun } from "./report-run.ts";
import { countQueuedUrgent, insertRun, markDeleted, requireRun } from "./report-run-store.ts";
import { nowOf, type Reports } from "./reports.ts";
import { WaitingLine } from "./waiting-line.ts";

export interface ReportDraft {
  /** Key of a definition. */
  readonly report: string;
  /** A site's slug or name. */
  readonly location: string;
  /** The newest one that is over when absent. */
  readonly period?: string | undefined;
  /** That of the site when absent. */
  readonly language?: string | undefined;
  /** All when absent. */
  readonly formats?: readonly ReportFormat[] | undefined;
  readonly keepDays?: number | undefined;
}

/**
 * Queues a report, before those of schedules. Throws `report.definition_unknown`, `site.unknown`, `site.ambiguous`,
 * `report.period`, `report.period_ahead`, `report.language` and `report.queue_full`.
 */
export async function requestReport(reports: Reports, by: Requester, draft: ReportDraft): Promise<ReportRun> {
  const { definition, site, period, language } = await resolve(reports, by.organizationId, draft);
  const id = reports.newId();
  const run = await inTransaction(reports.pool, async (client) => {
    if ((await countQueuedUrgent(client, by.organizationId)) >= MAX_QUEUED_URGENT) throw queueFull();
    await insertRun(client, {
      ...{ id, organizationId: by.organizationId, report: definition.key, siteId: site.id, site: site.slug, language },
      ...{ period: period.name, fromMicros: period.fromMicros, toMicros: period.toMicros },
      formats: draft.formats ?? REPORT_FORMATS,
      recipients: [],
      keepDays: draft.keepDays ?? DEFAULT_KEEP_DAYS,
      scheduleId: null,
      isUrgent: true,
      requestedBy: by.actor,
      at: nowOf(reports),
    });
    const after = await requireRun(client, by.organizationId, id);
    await reports.recordChange(client, by, { action: "report.request", subject: `report:${id}`, after });
    return after;
  });
  reports.onRunQueued();
  return run;
}

/** Those who wait for reports that are kept nowhere: one line a process. */
export function createAnswerLine(): WaitingLine {
  return new WaitingLine(MAX_ANSWERED_AT_ONCE, MAX_WAITING_FOR_ANSWERS, tooManyAsk);
}

/**
 * Evaluates what is kept nowhere, in the caller's turn, until it is done or nobody waits for it any more. Throws what
 * `requestReport` does but the queue's, what `gatherReport` does, `report.busy` and `report.too_long`.
 */
export async function evaluateNow(
  reports: Reports,
  organizationId: number,
  draft: ReportDraft,
  gone: AbortSignal,
): Promise<ReportContent> {
  const request = await resolve(reports, organizationId, draft);
  return reports.answers.inTurn(gone, async () => {
    const limit = new AbortController();
    const cancelLimit = limitTime(reports.clock, limit);
    try {
      return await gatherReport(reports, request, AbortSignal.any([gone, limit.signal]));
    } finally {
      cancelLimit();
    }
  });
}

async function resolve(
  { pool, clock }: Pick<Reports, "pool" | "clock">,
  organizationId: number,
  draft: ReportDraft,
): Promise<ReportRequest> {
  const definition = requireDefinition(draft.report);
  const site = await findLocation(pool, organizationId, draft.location);
  const { timeZone } = site;
  const nowMicros = clock.nowMicros();
  const period =
    draft.period === undefined
      ? periodBefore(definition.period, timeZone, nowMicros)
      : parsePeriod(definition.period, timeZone, draft.period);
  return { organizationId, definition, site, period, language: languageOf(draft.language ?? site.language) };
}

/** Nobody sees it any more; its files go with the next sweep. Throws `report.unknown`. */
export async function deleteReport(reports: Reports, by: Requester, id: string): Promise<void> {
  await inTransaction(reports.pool, async (client) => {
    const before = await requireRun(client, by.organizationId, id);
    await markDeleted(client, by.organizationId, id, nowOf(reports));
    await reports.recordChange(client, by, { action: "report.delete", subject: `report:${id}`, before });
  });
}

function tooManyAsk(): SluiceError {
  const message =
    "Many others wait for a report: ask again in a moment, or have it made and kept with POST /api/v1/reports.";
  return new SluiceError("unavailable", "report.busy", message, { retryAfterMs: BUSY_RETRY_MS });
}

function queueFull(): SluiceError {
  const message = `${MAX_QUEUED_URGENT} reports of this organization wait to be made: ask again when some of them are done.`;
  return new SluiceError("limit", "report.queue_full", message, {
    retryable: true,
    retryAfterMs: 30_000,
    details: { limit: MAX_QUEUED_URGENT },
  });
}

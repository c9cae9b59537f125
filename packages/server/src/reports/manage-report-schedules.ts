import { SluiceError } from "@sluice/core/errors.ts";
import type { PoolClient } from "pg";
import { type Requester, requireSite } from "../devices/index.ts";
import { isEmailAddress } from "../notifications/index.ts";
import { inTransaction } from "../platform/postgres.ts";
import { languageOf, requireDefinition } from "./definitions.ts";
import { findLocation } from "./find-location.ts";
import { DEFAULT_KEEP_DAYS, MAX_SCHEDULES } from "./limits.ts";
import { compileReportTimes, nextDue } from "./plan-runs.ts";
import type { ReportFormat } from "./report-run.ts";
import {
  countReportSchedules,
  deleteReportSchedule as deleteRow,
  insertReportSchedule,
  lockReportSchedule,
  type PlannedTimes,
  type ReportSchedule,
  type ReportScheduleFields,
  type ReportTimes,
  requireReportSchedule,
  updateReportSchedule as updateRow,
} from "./report-schedule-store.ts";
import { nowOf, type Reports } from "./reports.ts";

export interface ScheduleRequester extends Requester {
  /** Whether recipients may be others than members of the organization, by their confirmed addresses. */
  readonly mayMailOutside?: boolean | undefined;
}

export interface ReportScheduleDraft {
  readonly name: string;
  readonly report: string;
  /** A site's slug or name. */
  readonly location: string;
  readonly times: ReportTimes;
  readonly language?: string | null | undefined;
  /** PDF when absent. */
  readonly formats?: readonly ReportFormat[] | undefined;
  readonly recipients?: readonly string[] | undefined;
  readonly keepDays?: number | undefined;
  readonly isEnabled?: boolean | undefined;
}

/** What is absent stays as it is; a schedule keeps its site. */
export type ReportScheduleChange = Partial<Omit<ReportScheduleDraft, "location">>;

/**
 * Throws `report.definition_unknown`, `site.unknown`, `site.ambiguous`, `report.language`, an invalid `schedule.*`,
 * `report_schedule.recipient`, `report_schedule.recipient_outside`, `report_schedule.no_mail` and `report_schedule.too_many`.
 */
export async function createReportSchedule(
  reports: Reports,
  by: ScheduleRequester,
  draft: ReportScheduleDraft,
): Promise<ReportSchedule> {
  const { organizationId } = by;
  const created = await inTransaction(reports.pool, async (client) => {
    if ((await countReportSchedules(client, organizationId)) >= MAX_SCHEDULES) throw tooMany();
    const site = await findLocation(client, organizationId, draft.location);
    const { name, report, times, language = null, formats = ["pdf"], recipients = [] } = draft;
    const { keepDays = DEFAULT_KEEP_DAYS, isEnabled = true } = draft;
    const fields = { name, report, times, language, formats, recipients, keepDays, isEnabled };
    assertFields(reports, fields);
    await assertRecipients(reports, client, by, recipients);
    const now = nowOf(reports);
    const id = await insertReportSchedule(client, {
      ...fields,
      ...plan(fields, site.timeZone, now),
      ...{ organizationId, siteId: site.id, createdAt: now, createdBy: by.actor },
    });
    const after = await requireReportSchedule(client, organizationId, id);
    await record(reports, client, by, "create", undefined, after);
    return after;
  });
  reports.onRunQueued();
  return created;
}

/** Throws what `createReportSchedule` does, and `report_schedule.unknown`. */
export async function updateReportSchedule(
  reports: Reports,
  by: ScheduleRequester,
  id: number,
  change: ReportScheduleChange,
): Promise<ReportSchedule> {
  const updated = await inTransaction(reports.pool, async (client) => {
    const before = await lock(client, by, id);
    const given = Object.entries(change).filter(([, value]) => value !== undefined);
    const merged: ReportSchedule = { ...before, ...Object.fromEntries(given) };
    assertFields(reports, merged);
    const added = merged.recipients.filter((address) => !before.recipients.includes(address));
    await assertRecipients(reports, client, by, added);
    const { timeZone } = await requireSite(client, by.organizationId, before.site);
    const isAsBefore = change.times === undefined && hasItsTimes(before, merged);
    await updateRow(client, id, merged, isAsBefore ? undefined : plan(merged, timeZone, nowOf(reports)));
    const after = await requireReportSchedule(client, by.organizationId, id);
    await record(reports, client, by, "update", before, after);
    return after;
  });
  reports.onRunQueued();
  return updated;
}

/** One that asked for what there was not was given no time to come. */
function hasItsTimes(before: ReportSchedule, after: ReportSchedule): boolean {
  const isPlanned = before.nextDueAt !== null || !after.isEnabled;
  return isPlanned && before.isEnabled === after.isEnabled && before.report === after.report;
}

/** The reports that it has made stay. Throws `report_schedule.unknown`. */
export async function deleteReportSchedule(reports: Reports, by: Requester, id: number): Promise<void> {
  await inTransaction(reports.pool, async (client) => {
    const before = await lock(client, by, id);
    await deleteRow(client, id);
    await record(reports, client, by, "delete", before, undefined);
  });
}

async function lock(client: PoolClient, by: Requester, id: number): Promise<ReportSchedule> {
  await lockReportSchedule(client, by.organizationId, id);
  const before = await requireReportSchedule(client, by.organizationId, id);
  by.assertSeen?.(editionOfSchedule(before));
  return before;
}

/** What its edits replace; when it is due next is no edit. */
export function editionOfSchedule({ nextDueAt, missed, ...edition }: ReportSchedule): object {
  return edition;
}

function assertFields({ sendsMail }: Reports, fields: ReportScheduleFields): void {
  requireDefinition(fields.report);
  if (fields.language !== null) languageOf(fields.language);
  const wrong = fields.recipients.find((address) => !isEmailAddress(address));
  if (wrong !== undefined) {
    const message = `"${wrong.slice(0, 100)}" is no e-mail address, such as waterworks@example.org.`;
    throw new SluiceError("invalid", "report_schedule.recipient", message);
  }
  if (fields.recipients.length === 0 || sendsMail) return;
  const message = "This installation sends no mail: set SLUICE_SMTP_URL, or name no recipients.";
  throw new SluiceError("conflict", "report_schedule.no_mail", message);
}

async function assertRecipients(
  { findMemberAddresses }: Reports,
  client: PoolClient,
  { organizationId, mayMailOutside }: ScheduleRequester,
  recipients: readonly string[],
): Promise<void> {
  if (recipients.length === 0 || mayMailOutside) return;
  const members = new Set(await findMemberAddresses(client, organizationId, recipients));
  const outside = recipients.filter((address) => !members.has(address.toLowerCase()));
  if (outside.length === 0) return;
  const message = `"${outside[0]}" is no confirmed address of a member: somebody who may change channels has to add it.`;
  throw new SluiceError("forbidden", "report_schedule.recipient_outside", message, { details: { outside } });
}

/** From now on: a schedule asks for nothing that was due before it was made, or while it was disabled. */
function plan({ times, isEnabled }: ReportScheduleFields, timeZone: string, now: Date): PlannedTimes {
  const next = nextDue(compileReportTimes(times, timeZone), now.getTime() * 1000) ?? null;
  return { plannedThrough: now, nextDueAt: isEnabled ? next : null, foundFor: timeZone };
}

function tooMany(): SluiceError {
  const message = `An organization has at most ${MAX_SCHEDULES} schedules of reports: delete one that nobody needs.`;
  return new SluiceError("limit", "report_schedule.too_many", message, { details: { limit: MAX_SCHEDULES } });
}

async function record(
  { recordChange }: Reports,
  client: PoolClient,
  by: Requester,
  verb: string,
  before: ReportSchedule | undefined,
  after: ReportSchedule | undefined,
): Promise<void> {
  const { id } = (after ?? before)!;
  await recordChange(client, by, {
    action: `report-schedule.${verb}`,
    subject: `report-schedule:${id}`,
    before,
    after,
  });
}

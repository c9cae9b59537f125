import type { Attachment } from "../notifications/index.ts";
import { PollingWorker } from "../platform/polling-worker.ts";
import { printFormatOf } from "./formats/print-format.ts";
import { FIRST_MAIL_PAUSE_MS, LAST_MAIL_PAUSE_MS, MAIL_LEASE_MS, MAX_ATTACHED_BYTES } from "./limits.ts";
import { readContent, readReport } from "./report-files.ts";
import { type ClaimedMail, claimMail, expireMails, recordMail } from "./report-mail-store.ts";
import type { ReportRun } from "./report-run.ts";
import { requireRun } from "./report-run-store.ts";
import { later, nowOf, type Reports } from "./reports.ts";

export interface OutgoingReportMail {
  /** The same with every attempt. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly attachments: readonly Attachment[];
}

/** What became of an attempt: "refused" will not be taken however often it is tried. */
export interface ReportMailOutcome {
  readonly kind: "sent" | "failed" | "refused";
  readonly error?: string | undefined;
}

/** Throws nothing but programming errors. */
export type SendReportMail = (mail: OutgoingReportMail, signal: AbortSignal) => Promise<ReportMailOutcome>;

export interface ReportMailWorkerOptions {
  readonly reports: Reports;
  /** Undefined: this installation has no mail service, and what is queued expires. */
  readonly send: SendReportMail | undefined;
}

export const REPORT_MAIL_POLL_MS = 5_000;

/** Sends the mails of reports that were made, one after the other, at least once under one id. */
export class ReportMailWorker extends PollingWorker {
  private readonly options: ReportMailWorkerOptions;
  private readonly ending = new AbortController();

  constructor(options: ReportMailWorkerOptions) {
    const { clock, logger } = options.reports;
    super({ clock, logger, name: "report-mails", failure: "mails of reports could not go on" });
    this.options = options;
  }

  override async stop(): Promise<void> {
    this.ending.abort(new Error("the server stops"));
    await super.stop();
  }

  protected override async round(): Promise<void> {
    while (this.isRunning && (await this.sendNext())) {}
    const { pool, logger } = this.options.reports;
    const expired = await expireMails(pool, nowOf(this.options.reports));
    if (expired > 0) logger.error({ expired }, "mails of reports expired before the mail server took them");
  }

  protected override pauseMs(): number {
    return REPORT_MAIL_POLL_MS;
  }

  private async sendNext(): Promise<boolean> {
    const { reports, send } = this.options;
    if (send === undefined) return false;
    const now = nowOf(reports);
    const mail = await claimMail(reports.pool, now, later(now, MAIL_LEASE_MS));
    if (mail === undefined) return false;
    await this.record(mail, await this.attempt(mail, send));
    return true;
  }

  /** A file that cannot be read now may be readable later. */
  private async attempt(mail: ClaimedMail, send: SendReportMail): Promise<ReportMailOutcome> {
    try {
      return await send(await compose(this.options.reports, mail, this.ending.signal), this.ending.signal);
    } catch (error) {
      return { kind: "failed", error: error instanceof Error ? error.message : String(error) };
    }
  }

  private async record(
    { id, attempts, recipient }: ClaimedMail,
    { kind, error = "" }: ReportMailOutcome,
  ): Promise<void> {
    const { pool, logger } = this.options.reports;
    const at = nowOf(this.options.reports);
    if (kind === "failed") {
      const pauseMs = Math.min(FIRST_MAIL_PAUSE_MS * 2 ** Math.min(attempts - 1, 12), LAST_MAIL_PAUSE_MS);
      return recordMail(pool, id, { state: "queued", dueAt: later(at, pauseMs), error });
    }
    if (kind === "sent") return recordMail(pool, id, { state: "sent", at });
    logger.warn({ mail: id, recipient, error }, "a mail of a report was refused by the mail server");
    return recordMail(pool, id, { state: "refused", at, error });
  }
}

async function compose(reports: Reports, mail: ClaimedMail, signal: AbortSignal): Promise<OutgoingReportMail> {
  const run = await requireRun(reports.pool, mail.organizationId, mail.runId);
  const content = await readContent(reports, run);
  const { words, period, share } = printFormatOf(content);
  const link = `${reports.publicUrl}/api/v1/reports/${run.id}/content?format=pdf`;
  const shared = share(content.completeness.share);
  const text = words.mailText(content.title, content.site.name, period, shared, link);
  const attachments = await attachmentsOf(reports, run, signal);
  return {
    id: mail.id,
    to: mail.recipient,
    subject: `${content.title}: ${content.site.name}, ${period}`,
    text: attachments.length > 0 ? text : `${text}\n${words.tooLarge}\n`,
    attachments,
  };
}

async function attachmentsOf(reports: Reports, run: ReportRun, signal: AbortSignal): Promise<Attachment[]> {
  if ((run.files.pdf?.bytes ?? 0) > MAX_ATTACHED_BYTES) return [];
  const content = await readReport(reports, run, "pdf", signal);
  return [{ filename: reportFileName(run, "pdf"), contentType: "application/pdf", content }];
}

/** "water-quality-daily-upper-weir-2026-10-25.pdf": safe in a header and in every file system. */
export function reportFileName(
  { report, site, period }: Pick<ReportRun, "report" | "site" | "period">,
  format: string,
): string {
  return `${`${report}-${site}-${period}`.replaceAll(/[^A-Za-z0-9._-]/g, "")}.${format}`;
}

import { randomUUID } from "node:crypto";
import type { Pool } from "pg";
import { findMemberAddresses, recordAuditEvent } from "./auth/index.ts";
import type { OnStop } from "./compose-database.ts";
import type { Notifications } from "./notifications/index.ts";
import type { Clock } from "./platform/clock.ts";
import type { Logger } from "./platform/logger.ts";
import type { ObjectStore } from "./platform/object-store.ts";
import { createAnswerLine, PdfRenderer, ReportMailWorker, type Reports, type SendReportMail } from "./reports/index.ts";
import type { TelemetryReader } from "./telemetry/index.ts";

export interface ReportParts {
  readonly pool: Pool;
  readonly telemetry: TelemetryReader;
  readonly objects: ObjectStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How the world reaches us, for links in mails. */
  readonly publicUrl: string;
  readonly sendsMail: boolean;
  readonly onRunQueued: () => void;
}

export function composeReports({ publicUrl, ...parts }: ReportParts, onStop: OnStop): Reports {
  const renderer = new PdfRenderer();
  onStop(() => renderer.stop());
  return {
    ...parts,
    renderer,
    answers: createAnswerLine(),
    publicUrl: publicUrl.replace(/\/+$/, ""),
    newId: randomUUID,
    recordChange: recordAuditEvent,
    findMemberAddresses,
  };
}

export function composeReportMailWorker(reports: Reports, senders: Notifications["senders"]): ReportMailWorker {
  return new ReportMailWorker({ reports, send: mailBy(senders.email) });
}

/** The mail server of notifications sends these too. */
function mailBy(email: Notifications["senders"]["email"]): SendReportMail | undefined {
  if (email === undefined) return undefined;
  return async ({ id, to, subject, text, attachments }, signal) => {
    const target = { configuration: { kind: "email", to: [to] }, signingSecrets: [] } as const;
    const plain = { entries: [], noticeCount: 1, isDigest: false, note: undefined };
    const { kind, error } = await email(target, { id, subject, text, attachments, ...plain }, signal);
    return { kind: kind === "sent" || kind === "refused" ? kind : "failed", error };
  };
}

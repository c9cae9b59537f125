import type { StoredObject } from "../platform/object-store.ts";

export const REPORT_FORMATS = ["json", "csv", "pdf"] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

export const REPORT_STATES = ["queued", "running", "done", "failed"] as const;
export type ReportState = (typeof REPORT_STATES)[number];

export type ReportFiles = Readonly<Partial<Record<ReportFormat, StoredObject & { readonly name: string }>>>;

/** One report that was asked for, and what became of it; the states are told at the head of its table. */
export interface ReportRun {
  readonly id: string;
  /** Where it stands in the list: grows. */
  readonly seq: number;
  /** Key of its definition. */
  readonly report: string;
  /** Slug. */
  readonly site: string;
  readonly period: string;
  readonly from: Date;
  readonly to: Date;
  readonly language: string;
  readonly formats: readonly ReportFormat[];
  readonly recipients: readonly string[];
  readonly schedule: number | null;
  readonly isUrgent: boolean;
  readonly state: ReportState;
  readonly attempts: number;
  readonly errorCode: string | null;
  readonly error: string | null;
  readonly isComplete: boolean | null;
  /** How much of the data that was due was there, 0 to 1; null when nobody knows what was due, or it is not made yet. */
  readonly share: number | null;
  readonly files: ReportFiles;
  readonly requestedBy: string;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly expiresAt: Date | null;
}

/** What a worker has taken on. */
export interface ClaimedRun {
  readonly id: string;
  readonly organizationId: number;
  readonly report: string;
  readonly siteId: number | null;
  readonly site: string;
  readonly period: string;
  readonly from: Date;
  readonly to: Date;
  readonly language: string;
  readonly formats: readonly ReportFormat[];
  readonly recipients: readonly string[];
  readonly keepDays: number;
  readonly isUrgent: boolean;
  /** This one included. Names the attempt: only the newest may end the run. */
  readonly attempts: number;
}

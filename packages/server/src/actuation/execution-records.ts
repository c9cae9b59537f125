import type { Priority } from "@sluice/core/safety/decide.ts";

/** What `ActuationStore` takes and answers of executions. */

export type Parameters = Readonly<Record<string, unknown>>;

export type ExecutionType = "MANUAL" | "SCHEDULED" | "THRESHOLD" | "FOREIGN";
export type ExecutionAction = "RUN" | "DOSE" | "SET" | "STOP" | "RELEASE" | "TRIP" | "RESET";
export type ExecutionStatus =
  | "PENDING"
  | "WAITING"
  | "DISPATCHED"
  | "SUCCEEDED"
  | "FAILED"
  | "CANCELLED"
  | "SUPERSEDED"
  | "DEAD";

export interface Execution {
  readonly id: string;
  readonly organizationId: number;
  readonly actuatorId: number;
  readonly type: ExecutionType;
  readonly action: ExecutionAction;
  readonly priority: Priority;
  readonly parameters: Parameters;
  readonly status: ExecutionStatus;
  readonly reason: string | null;
  readonly ruleId: number | null;
  readonly deviceId: number | null;
  readonly readingNeededAfterMicros: number | null;
  readonly waitLimitMicros: number | null;
  readonly overrideReason: string | null;
  readonly requestedBy: string;
  /** Where a person's request that had to wait came from, for the audit. */
  readonly requestedFrom: string | null;
  readonly retries: number;
  /** Since when it waits for the runs of others, or has waited for them; null: it never had to. */
  readonly passedOverMicros: number | null;
}

export interface NewRequest {
  readonly id: string;
  readonly organizationId: number;
  readonly actuatorId: number;
  readonly action: ExecutionAction;
  readonly parameters: Parameters;
  readonly requestedBy: string;
  /** Where the request came from, for the audit; of one that is decided at once it is not kept. */
  readonly requestedFrom?: string | undefined;
  readonly idempotencyKey: string | undefined;
  /** What was asked, to tell a repeated request from another one under the same key. */
  readonly request: Parameters;
  /** How long it may wait, from now. */
  readonly waitMs?: number | undefined;
  readonly overrideReason?: string | undefined;
}

export interface KeptRequest {
  readonly id: string;
  readonly isSame: boolean;
}

export interface CauseExecution {
  readonly id: string;
  readonly organizationId: number;
  readonly actuatorId: number;
  readonly type: Exclude<ExecutionType, "MANUAL" | "FOREIGN">;
  readonly action: ExecutionAction;
  readonly priority: Priority;
  readonly parameters: Parameters;
  /** Null when no rule caused it. */
  readonly ruleId: number | null;
  readonly deviceId: number | null;
  /** "rule:<id>". */
  readonly requestedBy: string;
  readonly causes: number;
  readonly folded: { readonly partition: number; readonly seq: number; readonly ordinal: number } | undefined;
  /** WAITING until then when given, for this reason; else PENDING. */
  readonly waiting?: { readonly untilMicros: number; readonly reason: string } | undefined;
  readonly readingNeededAfterMicros?: number | undefined;
  /** A start that has not been decided by then is cancelled. */
  readonly waitLimitMicros?: number | undefined;
}

export interface ExecutionChange {
  readonly status: ExecutionStatus;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  /** WAITING only. */
  readonly untilMicros?: number | undefined;
  readonly retries?: number | undefined;
  /** The person who has cancelled it. */
  readonly cancelledBy?: string | undefined;
}

export interface RefusedRequest {
  readonly request: NewRequest;
  /** The limit. */
  readonly reason: string;
  readonly message: string;
}

import type { RuleSource } from "@sluice/core/rules/rule-catalog.ts";
import type { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import type { Pool } from "pg";
import type { DeviceDirectory } from "../devices/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { GenerationLimits } from "./generation-keeper.ts";

export interface PipelineLimits {
  /** A flush begins when this many messages wait… */
  readonly flushMessages: number;
  /** …or this long after the first of them came. */
  readonly flushDelayMs: number;
  /** What may wait; beyond any of these offers are refused. */
  readonly maxWaitingMessages: number;
  readonly maxWaitingValues: number;
  readonly maxWaitingExtrasCharacters: number;
}

export const PIPELINE_LIMITS: PipelineLimits = {
  flushMessages: 10_000,
  flushDelayMs: 20,
  maxWaitingMessages: 50_000,
  maxWaitingValues: 1_000_000,
  maxWaitingExtrasCharacters: 16_000_000,
};

export interface PipelineOptions {
  readonly connectionString: string;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly directory: Pick<DeviceDirectory, "cachedDeviceById" | "resolveIds">;
  /** What it says of a rule may change at any time; `rulesChanged` then tells which. */
  readonly rules: RuleSource;
  /** Whether a rule is gone for good: what was remembered of it is forgotten. Absent: none ever is. */
  readonly isRuleDeleted?: (ruleId: number) => boolean;
  /** Called after a commit that holds rule transitions. */
  readonly onTransitions: () => void;
  /** Called after each commit, once latest values know its messages, which are the pipeline's again afterwards; must not throw. */
  readonly onStored?: (batch: MessageBatch) => void;
  /** Called when another owner took the partition: this pipeline stores nothing any more. */
  readonly onFenced: () => void;
  /** Called with a failed commit's cause; the pipeline goes on. */
  readonly onCommitError: (error: unknown) => void;
  /** Called after each commit, for whoever watches over it. */
  readonly onFlush?: (flush: FlushTimes) => void;
  readonly owner: string;
  readonly partition?: number;
  readonly limits?: PipelineLimits;
  readonly generationLimits?: GenerationLimits;
  /** Closed generations that may wait to be settled before ingest is slowed down. */
  readonly maxUnsettled?: number;
}

export interface FlushTimes {
  /** Sorting, judging, rules and encoding. */
  readonly prepareMs: number;
  readonly commitMs: number;
}

export interface PipelineCounters {
  readonly messages: number;
  readonly values: number;
  readonly flushes: number;
  readonly rejected: number;
  readonly failedFlushes: number;
  readonly waiting: number;
}

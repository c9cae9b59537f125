import { type CompiledRule, INITIAL_RULE_STATE } from "@sluice/core/rules/rule.ts";
import { RuleCatalog } from "@sluice/core/rules/rule-catalog.ts";
import { compileThreshold } from "@sluice/core/rules/threshold.ts";
import { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import { NO_LIMITS } from "@sluice/core/telemetry/validity.ts";
import type { DeviceEntry } from "../../devices/directory.ts";
import { systemClock } from "../../platform/clock.ts";
import type { TestDatabase } from "../../platform/testing/test-database.ts";
import { createTelemetryReader, type TelemetryReader } from "../../telemetry/index.ts";
import { Pipeline } from "../pipeline.ts";
import { PIPELINE_LIMITS, type PipelineOptions } from "../pipeline-options.ts";

/** Even device numbers are of profile 1, odd ones of profile 2. Numbers from 1,000,000 on are registered nowhere. */
export function fixtureDevice(id: number): DeviceEntry | undefined {
  if (id >= 1_000_000) return undefined;
  const profileId = 1 + (id % 2);
  return {
    id,
    uid: `device-${id}`,
    organizationId: 1,
    siteId: 1,
    active: true,
    profile: {
      id: profileId,
      organizationId: 1,
      key: `profile-${profileId}`,
      metricNumbers: new Map(),
      metricKeys: [],
      validity: NO_LIMITS,
      readingsPerSecond: 1000,
      readingsBurst: 10_000,
    },
  };
}

const directory: PipelineOptions["directory"] = {
  cachedDeviceById: fixtureDevice,
  resolveIds: async (ids) =>
    new Map(ids.flatMap((id) => (fixtureDevice(id) === undefined ? [] : [[id, fixtureDevice(id)!] as const]))),
};

/** A rule on metric 0 of a device, whose phase is what `evaluateValue` says. */
export function fixtureRule(deviceId: number, evaluateValue: NonNullable<CompiledRule["evaluateValue"]>): CompiledRule {
  return {
    id: deviceId,
    deviceId,
    revision: 1,
    inputs: [{ deviceId, metricNumber: 0 }],
    gateRuleIds: [],
    initialState: INITIAL_RULE_STATE,
    evaluate: (state, { timeMicros, news }) => evaluateValue(state, timeMicros, news[0]!),
    nextDueMicros: () => Number.POSITIVE_INFINITY,
    evaluateValue,
  };
}

/** "Metric 0 below 10" on the devices 1 to 50, each rule with the number of its device. */
export function lowRules(): RuleCatalog {
  const evaluateValue = compileThreshold({ operator: "below", value: 10, hysteresis: 0 });
  return new RuleCatalog(Array.from({ length: 50 }, (_, index) => fixtureRule(index + 1, evaluateValue)));
}

export interface PipelineFixture {
  readonly pipeline: Pipeline;
  readonly reader: TelemetryReader;
  readonly errors: unknown[];
  fenced: boolean;
  transitionNudges: number;
}

/** A started pipeline on a real database, over registered devices that need no registry. */
export async function startPipeline(
  database: TestDatabase,
  options: Partial<PipelineOptions> = {},
): Promise<PipelineFixture> {
  const errors: unknown[] = [];
  const pipeline = new Pipeline({
    connectionString: database.url,
    pool: database.pool,
    clock: systemClock,
    directory,
    rules: new RuleCatalog(),
    onTransitions: () => fixture.transitionNudges++,
    onFenced: () => {
      fixture.fenced = true;
    },
    onCommitError: (error) => errors.push(error),
    owner: "test",
    limits: { ...PIPELINE_LIMITS, flushDelayMs: 1 },
    ...options,
  });
  const reader = createTelemetryReader({ pool: database.pool, partition: 0, latestValues: () => undefined });
  const fixture: PipelineFixture = { pipeline, reader, errors, fenced: false, transitionNudges: 0 };
  await pipeline.start();
  return fixture;
}

export interface TestMessage {
  readonly device: number;
  readonly micros: number;
  readonly values?: Readonly<Record<number, number>>;
  readonly extras?: Readonly<Record<string, unknown>>;
}

export function batchOf(messages: readonly TestMessage[]): MessageBatch {
  const batch = new MessageBatch(4, 2);
  for (const { device, micros, values = {}, extras } of messages) {
    for (const [metric, value] of Object.entries(values)) batch.addValue(Number(metric), value);
    batch.endMessage(device, micros, extras === undefined ? undefined : JSON.stringify(extras));
  }
  return batch;
}

/** All that is stored of a device: time → metric number → value, and extras by key. */
export async function stored(
  reader: TelemetryReader,
  deviceId: number,
): Promise<Record<number, Record<string, unknown>>> {
  const series = await reader.series({ deviceId, fromMicros: 0, toMicros: 2 ** 52 });
  const answer: Record<number, Record<string, unknown>> = {};
  series.timesMicros.forEach((micros, i) => {
    const message: Record<string, unknown> = {};
    for (const [metric, values] of series.columns) if (!Number.isNaN(values[i])) message[metric] = values[i];
    const extras = series.extras.get(i);
    if (extras !== undefined) Object.assign(message, JSON.parse(extras));
    answer[micros] = message;
  });
  return answer;
}

/** What should be stored: the later message holds, metric by metric. */
export class ExpectedStore {
  private readonly devices = new Map<number, Map<number, Record<string, unknown>>>();

  add(messages: readonly TestMessage[]): void {
    for (const { device, micros, values, extras } of messages) {
      const times = this.devices.get(device) ?? new Map<number, Record<string, unknown>>();
      times.set(micros, { ...times.get(micros), ...values, ...extras });
      this.devices.set(device, times);
    }
  }

  deviceIds(): number[] {
    return [...this.devices.keys()];
  }

  of(deviceId: number): Record<number, Record<string, unknown>> {
    return Object.fromEntries(this.devices.get(deviceId) ?? []);
  }
}

import { SluiceError } from "@sluice/core/errors.ts";
import type { PoolClient } from "pg";
import { inTransaction } from "../platform/postgres.ts";
import { assertMetric } from "./create-profile.ts";
import {
  allocateMetricNumbers,
  describeMetric,
  listMetrics,
  lockProfile,
  type Metric,
  type Profile,
  requireProfile,
  updateProfileRow,
} from "./profile-store.ts";
import type { MetricDescription } from "./profile-template.ts";
import type { Registry, Requester } from "./registry.ts";
import { notifyRegistry } from "./registry-notice.ts";

/** What is absent stays as it is. */
export interface ProfileChange {
  readonly name?: string | undefined;
  readonly readingsPerSecond?: number | undefined;
  readonly readingsBurst?: number | undefined;
}

export async function updateProfile(
  registry: Registry,
  by: Requester,
  key: string,
  change: ProfileChange,
): Promise<Profile> {
  return inTransaction(registry.pool, async (client) => {
    await lockProfile(client, by.organizationId, key);
    const before = await requireProfile(client, by.organizationId, key);
    by.assertSeen?.(before);
    await updateProfileRow(client, before.id, {
      name: change.name,
      readings_per_second: change.readingsPerSecond,
      readings_burst: change.readingsBurst,
    });
    const after = await requireProfile(client, by.organizationId, key);
    await notifyRegistry(client, { kind: "profile", id: before.id });
    await registry.recordChange(client, by, {
      action: "profile.update",
      subject: `profile:${before.id}`,
      before,
      after,
    });
    return after;
  });
}

/** Describes a metric of a profile, giving it the next number when it is new. Metrics are never taken away again. */
export async function defineMetric(
  registry: Registry,
  by: Requester,
  profileKey: string,
  metric: MetricDescription,
): Promise<Metric> {
  return inTransaction(registry.pool, async (client) => {
    await lockProfile(client, by.organizationId, profileKey);
    const profile = await requireProfile(client, by.organizationId, profileKey);
    const before = await findMetric(client, profile.id, metric.key);
    by.assertSeen?.(before ?? null);
    // What is not said stays, and has to fit what is.
    assertMetric(mergeDescriptions(before, metric));
    await allocateMetricNumbers(client, profile.id, [metric.key]);
    await describeMetric(client, profile.id, metric);
    const defined = await findMetric(client, profile.id, metric.key);
    if (!defined) {
      throw new SluiceError("conflict", "profile.full", "The profile has all the metrics it can have.");
    }
    await notifyRegistry(client, { kind: "profile", id: profile.id });
    await registry.recordChange(client, by, {
      action: "profile.define-metric",
      subject: `profile:${profile.id}`,
      before,
      after: defined,
    });
    return defined;
  });
}

async function findMetric(client: PoolClient, profileId: number, key: string): Promise<Metric | undefined> {
  return (await listMetrics(client, profileId)).find((metric) => metric.key === key);
}

function mergeDescriptions(before: Metric | undefined, change: MetricDescription): MetricDescription {
  const said = Object.entries(change).filter(([, value]) => value !== undefined);
  return { ...before, ...Object.fromEntries(said), key: change.key };
}

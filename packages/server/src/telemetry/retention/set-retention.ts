import { SluiceError } from "@sluice/core/errors.ts";
import { type Registry, type Requester, requireProfile } from "../../devices/index.ts";
import { inTransaction } from "../../platform/postgres.ts";
import { POLICIES, type Policy, type Retention, type RetentionDays } from "./policies.ts";
import {
  type DoomedByRetention,
  forgetNotices,
  lockRetention,
  readDoomedParts,
  readRetention,
  takeBackDropped,
  writeRetention,
} from "./retention-store.ts";

/** Of one's own policy alone; null or absent: for ever. */
export type WantedDays = { readonly [K in keyof RetentionDays]?: number | null | undefined };

/** What somebody wants of a profile's readings. */
export interface WantedRetention extends WantedDays {
  readonly policy: Policy;
  /** Why nothing may go; null lifts a hold, and absent leaves it as it is. */
  readonly holdReason?: string | null | undefined;
}

export async function setRetention(
  registry: Registry,
  by: Requester,
  profileKey: string,
  wanted: WantedRetention,
  now: Date,
): Promise<Retention> {
  return inTransaction(registry.pool, async (client) => {
    const profile = await requireProfile(client, by.organizationId, profileKey);
    const before = await lockRetention(client, profile.id);
    by.assertSeen?.(before);
    const after = resolveRetention(before, wanted, now);
    await writeRetention(client, profile.id, after);
    if (after.hold !== null) await takeBackDropped(client, profile.id);
    // Notice was given of another policy.
    else if (DAYS.some((name) => after[name] !== before[name])) await forgetNotices(client, profile.id);
    await registry.recordChange(client, by, {
      action: "profile.retention",
      subject: `profile:${profile.id}`,
      before,
      after,
    });
    return after;
  });
}

/** What would go if this held now. Changes nothing. */
export async function dryRunRetention(
  registry: Registry,
  organizationId: number,
  profileKey: string,
  wanted: WantedRetention | undefined,
  now: Date,
): Promise<DoomedByRetention & { readonly retention: Retention }> {
  const profile = await requireProfile(registry.pool, organizationId, profileKey);
  const before = await readRetention(registry.pool, profile.id);
  const retention = wanted === undefined ? before : resolveRetention(before, wanted, now);
  const doomed = await readDoomedParts(registry.pool, profile.id, retention, now.getTime() * 1000);
  return { retention, ...doomed };
}

const DAYS = ["rawDays", "quarterDays", "dayDays", "rollupDays"] as const;

function resolveRetention(before: Retention, wanted: WantedRetention, now: Date): Retention {
  const { policy, holdReason } = wanted;
  const { rawDays = null, quarterDays = null, dayDays = null, rollupDays = null } = wanted;
  const days = policy === "own" ? { rawDays, quarterDays, dayDays, rollupDays } : POLICIES[policy];
  if (policy !== "own" && DAYS.some((name) => wanted[name] !== undefined)) {
    throw invalid(`The policy "${policy}" has its own days: leave out ${DAYS.join(", ")}, or name the policy "own".`);
  }
  assertOrder(days);
  if (holdReason === undefined) return { policy, ...days, hold: before.hold };
  if (holdReason === null) return { policy, ...days, hold: null };
  return { policy, ...days, hold: { reason: holdReason, since: before.hold?.since ?? now } };
}

/** What is coarser outlives what is finer. */
function assertOrder({ rawDays, quarterDays, dayDays, rollupDays }: RetentionDays): void {
  const outlives = (later: number | null, earlier: number | null) =>
    later === null || (earlier !== null && later >= earlier);
  if (!outlives(rollupDays, rawDays) || !outlives(quarterDays, rawDays)) {
    throw invalid(
      "Rollups tell of readings: keep them at least as long (quarterDays, rollupDays ≥ rawDays, or null for ever).",
    );
  }
  if (dayDays !== null && (quarterDays === null || dayDays <= quarterDays)) {
    throw invalid("Months are made of days, and days of quarter-hours: dayDays has to be above quarterDays.");
  }
}

function invalid(message: string): SluiceError {
  return new SluiceError("invalid", "retention.days", message);
}

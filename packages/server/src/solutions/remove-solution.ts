import { isDeepStrictEqual } from "node:util";
import { SluiceError } from "@sluice/core/errors.ts";
import type { PoolClient } from "pg";
import { deleteInstalledProfile, type Profile, type Requester, releaseProfile } from "../devices/index.ts";
import { inTransaction } from "../platform/postgres.ts";
import { adoptSolutions } from "./adopt-solutions.ts";
import type { PlannedPart } from "./plan-upgrade.ts";
import { lockPlan } from "./read-plan.ts";
import { findInstallation, forgetObjects, lockSolutions, markRemoved } from "./solution-store.ts";
import { requireSolution, type Solutions } from "./solutions.ts";

/** Why a profile stays: it has devices, its readings are under a legal hold, or a person has changed it. */
export const REASONS_TO_STAY = ["devices", "legal-hold", "changed"] as const;
export type ReasonToStay = (typeof REASONS_TO_STAY)[number];

export interface RemovedSolution {
  readonly solution: string;
  /** Keys of profiles. */
  readonly removed: readonly string[];
  readonly stays: readonly { readonly profile: string; readonly reason: ReasonToStay }[];
}

/**
 * Takes away what of a solution is untouched and unused. Devices keep everything; a profile that a person has changed becomes the
 * organization's own. Again, it takes away what has become free since.
 *
 * Throws `solution.unknown` and `solution.not_installed`.
 */
export async function removeSolution(solutions: Solutions, by: Requester, key: string): Promise<RemovedSolution> {
  const solution = requireSolution(solutions, key);
  return inTransaction(solutions.pool, async (client) => {
    await lockSolutions(client, by.organizationId);
    await adoptSolutions(client, [solution], by.organizationId);
    const before = await findInstallation(client, by.organizationId, key);
    if (before === undefined) throw notInstalled(key);
    const { parts, profiles, additions } = await lockPlan(client, by.organizationId, solution);
    const removed: string[] = [];
    const stays: { profile: string; reason: ReasonToStay }[] = [];
    for (const profile of [...profiles.values()].filter(({ isBuiltIn }) => isBuiltIn)) {
      const own = parts.filter((part) => part.profile === profile.key);
      const isTouched = !own.every(isUntouched) || additions.some((part) => part.profile === profile.key);
      const reason = await takeAway(client, profile, isTouched);
      if (reason === undefined) removed.push(profile.key);
      else stays.push({ profile: profile.key, reason });
      if (reason === undefined || reason === "changed") await forgetObjects(client, by.organizationId, key, own);
    }
    await markRemoved(client, by.organizationId, key);
    const answer = { solution: key, removed, stays };
    const change = { action: "solution.remove", subject: `solution:${key}`, before, after: answer };
    await solutions.recordChange(client, by, change);
    return answer;
  });
}

async function takeAway(client: PoolClient, profile: Profile, isTouched: boolean): Promise<ReasonToStay | undefined> {
  if (!isTouched) return deleteInstalledProfile(client, profile);
  await releaseProfile(client, profile);
  return "changed";
}

function isUntouched({ installed, current }: PlannedPart): boolean {
  return isDeepStrictEqual(installed?.content, current?.content);
}

function notInstalled(key: string): SluiceError {
  return new SluiceError("not-found", "solution.not_installed", `The solution "${key}" is not installed.`);
}

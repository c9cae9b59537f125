import type { Solution } from "@sluice/solutions/solution.ts";
import type { Pool, PoolClient } from "pg";
import { findProfile, lockProfileOf, type Profile, type ProfilePart, partsOf, readParts } from "../devices/index.ts";
import { type PlannedPart, planUpgrade } from "./plan-upgrade.ts";
import { listObjects } from "./solution-store.ts";

export interface ReadPlan {
  readonly parts: readonly PlannedPart[];
  /** The profiles that are there, by key. */
  readonly profiles: ReadonlyMap<string, Profile>;
  /** Parts of these profiles that people have added. */
  readonly additions: readonly ProfilePart[];
}

/** What installing the solution would do to an organization. */
export function readPlan(db: Pool | PoolClient, organizationId: number, solution: Solution): Promise<ReadPlan> {
  return read(db, organizationId, solution, (key) => findProfile(db, organizationId, key));
}

/** The same with the profiles locked, in the order of their keys. */
export function lockPlan(client: PoolClient, organizationId: number, solution: Solution): Promise<ReadPlan> {
  return read(client, organizationId, solution, (key) => lockProfileOf(client, organizationId, key));
}

async function read(
  db: Pool | PoolClient,
  organizationId: number,
  solution: Solution,
  find: (key: string) => Promise<Profile | undefined>,
): Promise<ReadPlan> {
  const installed = await listObjects(db, organizationId, solution.key);
  const keys = new Set(
    [...solution.profiles, ...installed.map(({ profile }) => ({ key: profile }))].map(({ key }) => key),
  );
  const profiles = new Map<string, Profile>();
  for (const key of [...keys].sort()) {
    const profile = await find(key);
    if (profile !== undefined) profiles.set(key, profile);
  }
  const current: ProfilePart[] = [];
  for (const profile of profiles.values()) current.push(...(await readParts(db, profile)));
  const foreign = [...profiles.values()].filter(({ isBuiltIn }) => !isBuiltIn).map(({ key }) => key);
  const next = solution.profiles.flatMap(partsOf);
  const parts = planUpgrade({ installed, current, next, foreignProfiles: new Set(foreign) });
  const planned = new Set(parts.map((part) => part.current));
  return { parts, profiles, additions: current.filter((part) => !planned.has(part)) };
}

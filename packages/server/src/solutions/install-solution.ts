import { SluiceError } from "@sluice/core/errors.ts";
import type { Solution } from "@sluice/solutions/solution.ts";
import type { PoolClient } from "pg";
import { type ActuatorDeclaration, replaceDefaultEnvelopes } from "../actuation/index.ts";
import { type RuleDeclaration, replaceDefaultRules } from "../automation/index.ts";
import { installProfile, type Profile, type Requester, removePart, writePart } from "../devices/index.ts";
import { inTransaction } from "../platform/postgres.ts";
import { adoptSolutions } from "./adopt-solutions.ts";
import type { Outcome, PlannedPart } from "./plan-upgrade.ts";
import { lockPlan, type ReadPlan } from "./read-plan.ts";
import {
  findInstallation,
  forgetObjects,
  type Installation,
  lockSolutions,
  saveInstallation,
  saveObjects,
} from "./solution-store.ts";
import { requireSolution, type Solutions } from "./solutions.ts";

export interface PartChange extends Pick<PlannedPart, "kind" | "profile" | "key" | "outcome"> {
  /** Of a rule or an envelope: devices that have the new one, and those whose own a person had changed. */
  readonly devices?: { readonly changed: number; readonly kept: number } | undefined;
}

export interface InstalledSolution {
  readonly solution: string;
  readonly version: number;
  /** Null: it was not installed. */
  readonly versionBefore: number | null;
  /** Without what stayed as the version has it. */
  readonly changes: readonly PartChange[];
}

/** Of more devices the processes hear by the notice of the commit, a moment later. */
const MOST_REFRESHED_AT_ONCE = 1_000;

/**
 * Installs a solution, or upgrades it to the version that this program has, all or nothing; again, it changes nothing. What a
 * person has changed stays, and what a person has deleted stays deleted. Devices that are there get another version of a rule or
 * of limits that they already had, where nobody has changed them; new rules and schedules are for devices registered from now on.
 *
 * Throws `solution.unknown`, and `solution.newer_installed`.
 */
export async function installSolution(solutions: Solutions, by: Requester, key: string): Promise<InstalledSolution> {
  const solution = requireSolution(solutions, key);
  const { answer, devices } = await inTransaction(solutions.pool, async (client) => {
    await lockSolutions(client, by.organizationId);
    await adoptSolutions(client, [solution], by.organizationId);
    const before = await findInstallation(client, by.organizationId, key);
    assertNotNewer(solution, before);
    const plan = await lockPlan(client, by.organizationId, solution);
    await saveInstallation(client, by.organizationId, key, solution.version);
    const applied = await applyPlan(client, by.organizationId, solution, plan);
    const versionBefore = before === undefined || before.removedAt !== null ? null : before.version;
    const installed = { solution: key, version: solution.version, versionBefore, changes: applied.changes };
    const change = { action: "solution.install", subject: `solution:${key}`, after: installed };
    await solutions.recordChange(client, by, { ...change, before: { version: versionBefore } });
    return { answer: installed, devices: applied.devices };
  });
  await Promise.all([...devices].slice(0, MOST_REFRESHED_AT_ONCE).map((id) => solutions.afterRuleChanged(id)));
  return answer;
}

function assertNotNewer({ key, version }: Solution, before: Installation | undefined): void {
  if (before === undefined || before.version <= version) return;
  const message = `Version ${before.version} of "${key}" is installed, and this program has ${version}: update the program.`;
  const details = { installed: before.version, available: version };
  throw new SluiceError("conflict", "solution.newer_installed", message, { details });
}

interface Applied {
  readonly changes: readonly PartChange[];
  /** Whose rules are others now. */
  readonly devices: ReadonlySet<number>;
}

async function applyPlan(
  client: PoolClient,
  organizationId: number,
  solution: Solution,
  { parts, profiles }: ReadPlan,
): Promise<Applied> {
  const known = new Map(profiles);
  const devices = new Set<number>();
  const changes: PartChange[] = [];
  for (const part of parts) {
    const { kind, profile, key, outcome } = part;
    const reached = await applyPart(client, organizationId, solution, part, known.get(profile));
    if (reached !== undefined && kind === "rule") for (const device of reached.devices) devices.add(device);
    if (outcome === "unchanged") continue;
    const counted = reached && { changed: reached.devices.length, kept: reached.kept };
    changes.push({ kind, profile, key, outcome, ...(counted && { devices: counted }) });
  }
  await remember(client, organizationId, solution.key, parts);
  return { changes, devices };
}

interface Reached {
  readonly devices: readonly number[];
  readonly kept: number;
}

/** A profile that is not there comes with all of its parts. */
async function applyPart(
  client: PoolClient,
  organizationId: number,
  solution: Solution,
  part: PlannedPart,
  profile: Profile | undefined,
): Promise<Reached | undefined> {
  if (profile === undefined) {
    if (part.kind === "profile" && part.outcome === "added")
      await create(client, organizationId, solution, part.profile);
    return undefined;
  }
  if (part.outcome === "withdrawn") await removePart(client, profile.id, part.current!);
  if (part.outcome === "added" || part.outcome === "upgraded") await writePart(client, profile.id, part.next!);
  return part.outcome === "upgraded" ? reachDevices(client, organizationId, profile, part) : undefined;
}

async function create(client: PoolClient, organizationId: number, solution: Solution, key: string): Promise<void> {
  const template = solution.profiles.find((profile) => profile.key === key)!;
  if ((await installProfile(client, organizationId, template)) !== undefined) return;
  const message = `Somebody has just made a profile "${key}": try again.`;
  throw new SluiceError("conflict", "profile.key_taken", message, { details: { profile: key } });
}

async function reachDevices(
  client: PoolClient,
  organizationId: number,
  { id }: Profile,
  { kind, installed, next }: PlannedPart,
): Promise<Reached | undefined> {
  const [before, after] = [installed!.content as unknown, next!.content as unknown];
  if (kind === "rule") {
    const profile = { id, organizationId };
    return replaceDefaultRules(client, profile, before as RuleDeclaration, after as RuleDeclaration);
  }
  if (kind !== "actuator") return undefined;
  return replaceDefaultEnvelopes(client, id, before as ActuatorDeclaration, after as ActuatorDeclaration);
}

const IS_AS_THE_VERSION: ReadonlySet<Outcome> = new Set(["added", "upgraded", "unchanged"]);

/** Of what a person has changed or deleted it stays remembered what was installed. */
async function remember(
  client: PoolClient,
  organizationId: number,
  solution: string,
  parts: readonly PlannedPart[],
): Promise<void> {
  const installed = parts.filter(({ outcome }) => IS_AS_THE_VERSION.has(outcome)).map(({ next }) => next!);
  const gone = parts.filter(({ next }) => next === undefined);
  await saveObjects(client, organizationId, solution, installed);
  await forgetObjects(client, organizationId, solution, gone);
}

import { isDeepStrictEqual } from "node:util";
import type { PartKind, ProfilePart } from "../devices/index.ts";

/**
 * What becomes of a part:
 *   added      it is new, and is there now
 *   upgraded   it was as installed, and is as the new version has it
 *   unchanged  it is what the version has
 *   kept       a person has changed it, or made one of the same key: it stays
 *   deleted    a person has deleted it: it stays so
 *   withdrawn  the version has it no more; it was as installed, and is gone
 *   left       the version has it no more, but it cannot go: a metric, or a part that a person has changed
 */
export const OUTCOMES = ["added", "upgraded", "unchanged", "kept", "deleted", "withdrawn", "left"] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface PlannedPart {
  readonly kind: PartKind;
  readonly profile: string;
  readonly key: string;
  readonly outcome: Outcome;
  /** As it was installed, as it is, and as the version has it. */
  readonly installed: ProfilePart | undefined;
  readonly current: ProfilePart | undefined;
  readonly next: ProfilePart | undefined;
}

export interface UpgradeSides {
  /** What was installed. */
  readonly installed: readonly ProfilePart[];
  /** What is there. */
  readonly current: readonly ProfilePart[];
  /** What the version brings. */
  readonly next: readonly ProfilePart[];
  /** Profiles that are somebody's own, though of a key that the version has: nothing of them is touched. */
  readonly foreignProfiles: ReadonlySet<string>;
}

/** Three-way, part by part; in the order of the new version, then what it has no more. */
export function planUpgrade({ installed, current, next, foreignProfiles }: UpgradeSides): PlannedPart[] {
  const [was, is, willBe] = [byId(installed), byId(current), byId(next)];
  const goneProfiles = new Set(
    installed
      .filter((part) => part.kind === "profile" && !is.has(idOf(part)) && willBe.has(idOf(part)))
      .map(({ profile }) => profile),
  );
  return [...new Set([...willBe.keys(), ...was.keys()])].map((id) => {
    const sides = { installed: was.get(id), current: is.get(id), next: willBe.get(id) };
    const { kind, profile, key } = (sides.next ?? sides.installed)!;
    const outcome = foreignProfiles.has(profile)
      ? "kept"
      : goneProfiles.has(profile)
        ? "deleted"
        : outcomeOf(kind, sides);
    return { kind, profile, key, outcome, ...sides };
  });
}

type Sides = Pick<PlannedPart, "installed" | "current" | "next">;

function outcomeOf(kind: PartKind, { installed, current, next }: Sides): Outcome {
  if (next === undefined) return outcomeWithout(kind, installed, current);
  if (current === undefined) return installed === undefined ? "added" : "deleted";
  if (isSame(current, next)) return "unchanged";
  return isSame(current, installed) ? "upgraded" : "kept";
}

function outcomeWithout(kind: PartKind, installed: Sides["installed"], current: Sides["current"]): Outcome {
  if (current === undefined) return "deleted";
  const mayGo = kind === "actuator" || kind === "rule" || kind === "schedule";
  return mayGo && isSame(current, installed) ? "withdrawn" : "left";
}

function isSame(a: ProfilePart | undefined, b: ProfilePart | undefined): boolean {
  return isDeepStrictEqual(a?.content, b?.content);
}

function byId(parts: readonly ProfilePart[]): ReadonlyMap<string, ProfilePart> {
  return new Map(parts.map((part) => [idOf(part), part]));
}

function idOf({ kind, profile, key }: ProfilePart): string {
  return JSON.stringify([kind, profile, key]);
}

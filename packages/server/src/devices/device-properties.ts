import { SluiceError } from "@sluice/core/errors.ts";
import { knownProfiles } from "./built-in-profiles.ts";
import type { Profile } from "./profile-store.ts";
import type { PropertyDescription } from "./profile-template.ts";

const DESCRIBED: ReadonlyMap<string, readonly PropertyDescription[]> = new Map(
  knownProfiles.flatMap(({ key, properties }) => (properties === undefined ? [] : [[key, properties] as const])),
);
/** Described by some profile: on a device of another one it is a mistake, and not a free fact. */
const EVERY_DESCRIBED = new Set([...DESCRIBED.values()].flat().map(({ key }) => key));

/** Throws `device.property_invalid`. Facts that no profile describes are free, and so are those of one's own profiles. */
export function assertDeviceProperties(
  { key: profile, isBuiltIn }: Pick<Profile, "key" | "isBuiltIn">,
  properties: Readonly<Record<string, unknown>> | undefined,
): void {
  const described = isBuiltIn ? DESCRIBED.get(profile) : undefined;
  if (described === undefined) return;
  for (const [key, value] of Object.entries(properties ?? {})) {
    const description = described.find((known) => known.key === key);
    if (description !== undefined) assertValue(profile, description, value);
    else if (EVERY_DESCRIBED.has(key)) {
      const known = described.map((property) => property.key).join(", ");
      throw invalid(`A device of the profile "${profile}" has no ${key}: it has ${known}.`, { property: key, profile });
    }
  }
}

function assertValue(profile: string, { key, unit, minimum, maximum }: PropertyDescription, value: unknown): void {
  if (typeof value === "number" && value >= minimum && value <= maximum) return;
  const message = `${key} of a device of the profile "${profile}" is a number from ${minimum} to ${maximum} (${unit}).`;
  throw invalid(message, { property: key, profile, minimum, maximum, unit });
}

function invalid(message: string, details: Readonly<Record<string, unknown>>): SluiceError {
  return new SluiceError("invalid", "device.property_invalid", message, { details });
}

import { aquaculturePondProfile } from "@sluice/solutions/aquaculture/profile.ts";
import { irrigationZoneProfile } from "@sluice/solutions/irrigation/profile.ts";
import type { ProfileTemplate } from "./profile-template.ts";

/** Takes any numeric metric; unknown devices of a provisioning client become devices of this profile. */
export const GENERIC_PROFILE_KEY = "generic";

export const builtInProfiles: readonly ProfileTemplate[] = [
  { key: GENERIC_PROFILE_KEY, name: "Generic device", metrics: [], actuators: [], rules: [] },
  irrigationZoneProfile,
  aquaculturePondProfile,
];

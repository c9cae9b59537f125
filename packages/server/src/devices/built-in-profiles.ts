import { aquaculturePondProfile } from "@sluice/solutions/aquaculture/profile.ts";
import { homeEnergyProfiles } from "@sluice/solutions/home-energy/profiles.ts";
import { irrigationZoneProfile } from "@sluice/solutions/irrigation/profile.ts";
import type { ProfileTemplate } from "./profile-template.ts";

/** Takes any numeric metric; unknown devices of a provisioning client become devices of this profile. */
export const GENERIC_PROFILE_KEY = "generic";

/** A device of this profile speaks for the devices that belong to it. */
export const GATEWAY_PROFILE_KEY = "gateway";

/** Its rate is for all that it speaks for together. */
const gatewayProfile: ProfileTemplate = {
  key: GATEWAY_PROFILE_KEY,
  name: "Gateway",
  metrics: [],
  actuators: [],
  rules: [],
  readingsPerSecond: 10_000,
  readingsBurst: 100_000,
};

export const builtInProfiles: readonly ProfileTemplate[] = [
  { key: GENERIC_PROFILE_KEY, name: "Generic device", metrics: [], actuators: [], rules: [] },
  irrigationZoneProfile,
  aquaculturePondProfile,
  ...homeEnergyProfiles,
  gatewayProfile,
];

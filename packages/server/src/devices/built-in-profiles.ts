import { solutions } from "@sluice/solutions/registry.ts";
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

const genericProfile: ProfileTemplate = {
  key: GENERIC_PROFILE_KEY,
  name: "Generic device",
  metrics: [],
  actuators: [],
  rules: [],
};

/** What no organization is without, whatever it has installed. */
export const coreProfiles: readonly ProfileTemplate[] = [genericProfile, gatewayProfile];

/** What a new organization begins with. */
export const builtInProfiles: readonly ProfileTemplate[] = [
  genericProfile,
  ...solutions.filter(({ isStandard }) => isStandard).flatMap(({ profiles }) => profiles),
  gatewayProfile,
];

/** Of every solution, installed or not. */
export const knownProfiles: readonly ProfileTemplate[] = [
  ...coreProfiles,
  ...solutions.flatMap(({ profiles }) => profiles),
];

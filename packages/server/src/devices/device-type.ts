import { aquaculturePondProfile } from "@sluice/solutions/aquaculture/profile.ts";
import { irrigationZoneProfile } from "@sluice/solutions/irrigation/profile.ts";

/** What sort of thing a device is, by the key of its profile. A profile of one's own is OTHER. */
const PROFILE_OF_TYPE = {
  SOLAR_PANEL: "solar-panel",
  BATTERY: "battery",
  EV: "ev",
  APPLIANCE: "appliance",
  GRID_METER: "grid-meter",
  IRRIGATION_ZONE: irrigationZoneProfile.key,
  AQUACULTURE_POND: aquaculturePondProfile.key,
} as const;

export type DeviceType = keyof typeof PROFILE_OF_TYPE | "OTHER";

export const DEVICE_TYPES = [...(Object.keys(PROFILE_OF_TYPE) as DeviceType[]), "OTHER"] as const;
/** Keys of the profiles of which devices are not OTHER. */
export const TYPED_PROFILES: readonly string[] = Object.values(PROFILE_OF_TYPE);

const TYPE_OF_PROFILE = new Map<string, DeviceType>(
  Object.entries(PROFILE_OF_TYPE).map(([type, profile]) => [profile, type as DeviceType]),
);

export function deviceTypeOf(profile: string): DeviceType {
  return TYPE_OF_PROFILE.get(profile) ?? "OTHER";
}

/** The built-in profile of a type; undefined for OTHER. */
export function profileOfType(type: DeviceType): string | undefined {
  return type === "OTHER" ? undefined : PROFILE_OF_TYPE[type];
}

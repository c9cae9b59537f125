/**
 * What a home makes, stores and uses electricity with. `power` has one sign everywhere: what a device gives to the home is
 * positive (a panel that shines, a battery that is drawn from, the grid that is bought from), what it takes is negative. An
 * appliance only takes, so either sign of its readings means the same.
 *
 * The envelopes are for relays that a home survives: long runs, and a pause that spares the contacts.
 */

const POWER = { key: "power", unit: "W", quantity: "electrical power; given is positive", precision: 0 } as const;
const CHARGE = {
  key: "charge",
  unit: "%",
  quantity: "state of charge",
  minimum: 0,
  maximum: 100,
  precision: 1,
} as const;

/** A counter that never falls. */
function energy<const Key extends string>(key: Key, quantity: string) {
  return { key, unit: "Wh", quantity, minimum: 0, precision: 0 } as const;
}

const RATED_POWER = { key: "ratedPowerWatts", unit: "W", minimum: 0, maximum: 10_000_000 } as const;
const STORAGE_PROPERTIES = [
  { key: "capacityWattHours", unit: "Wh", minimum: 0, maximum: 100_000_000 },
  { key: "maxChargeWatts", unit: "W", minimum: 0, maximum: 10_000_000 },
  { key: "maxDischargeWatts", unit: "W", minimum: 0, maximum: 10_000_000 },
] as const;

const CONTACTOR_PAUSE_MS = 60_000;
const LINK_LOSS_MS = 5 * 60_000;

export const solarPanelProfile = {
  key: "solar-panel",
  name: "Solar panels",
  metrics: [{ ...POWER, minimum: -10_000, maximum: 10_000_000 }, energy("energy_produced", "energy produced")],
  actuators: [],
  rules: [],
  properties: [
    RATED_POWER,
    { key: "tiltDegrees", unit: "°", minimum: 0, maximum: 90 },
    { key: "azimuthDegrees", unit: "°", minimum: 0, maximum: 360 },
  ],
} as const;

export const batteryProfile = {
  key: "battery",
  name: "Battery",
  metrics: [
    { ...POWER, minimum: -10_000_000, maximum: 10_000_000 },
    CHARGE,
    energy("energy_charged", "energy taken in"),
    energy("energy_discharged", "energy given back"),
  ],
  actuators: [
    {
      key: "charger",
      kind: "charger",
      maxRunMs: 4 * 3_600_000,
      cooldownMs: CONTACTOR_PAUSE_MS,
      safeState: "off",
      linkLossMs: LINK_LOSS_MS,
      maxReadingAgeMs: 15 * 60_000,
      // Full is full: charging on is what ages a cell most.
      permissives: [{ metric: "charge", operator: "below", value: 95, maxAgeMs: 15 * 60_000 }],
    },
  ],
  rules: [],
  properties: STORAGE_PROPERTIES,
} as const;

export const evProfile = {
  key: "ev",
  name: "Electric vehicle",
  metrics: [
    { ...POWER, minimum: -1_000_000, maximum: 1_000_000 },
    CHARGE,
    energy("energy_charged", "energy taken in"),
    energy("energy_discharged", "energy given back"),
  ],
  actuators: [
    {
      key: "charger",
      kind: "charger",
      maxRunMs: 12 * 3_600_000,
      cooldownMs: CONTACTOR_PAUSE_MS,
      safeState: "off",
      linkLossMs: LINK_LOSS_MS,
      maxStartsPerDay: 24,
    },
  ],
  rules: [],
  properties: STORAGE_PROPERTIES,
} as const;

export const applianceProfile = {
  key: "appliance",
  name: "Appliance",
  metrics: [{ ...POWER, minimum: -1_000_000, maximum: 1_000_000 }, energy("energy_consumed", "energy used")],
  actuators: [
    {
      key: "switch",
      kind: "relay",
      maxRunMs: 6 * 3_600_000,
      cooldownMs: 10_000,
      safeState: "off",
      linkLossMs: LINK_LOSS_MS,
    },
  ],
  rules: [],
  properties: [RATED_POWER],
} as const;

export const gridMeterProfile = {
  key: "grid-meter",
  name: "Grid meter",
  metrics: [
    { ...POWER, minimum: -10_000_000, maximum: 10_000_000 },
    energy("energy_imported", "energy bought"),
    energy("energy_exported", "energy sold"),
  ],
  actuators: [],
  rules: [],
  properties: [{ key: "maxImportWatts", unit: "W", minimum: 0, maximum: 10_000_000 }],
} as const;

export const homeEnergyProfiles = [
  solarPanelProfile,
  batteryProfile,
  evProfile,
  applianceProfile,
  gridMeterProfile,
] as const;

/** What a device of the profile is in a home's balance. */
export type EnergyRole = "source" | "storage" | "load" | "grid";

export const ENERGY_ROLES: Readonly<Record<(typeof homeEnergyProfiles)[number]["key"], EnergyRole>> = {
  "solar-panel": "source",
  battery: "storage",
  ev: "storage",
  appliance: "load",
  "grid-meter": "grid",
};

/** Which way of a device's own reading: see the head of this file. */
export function signedPower(role: EnergyRole, powerWatts: number): number {
  return role === "load" ? -Math.abs(powerWatts) : powerWatts;
}

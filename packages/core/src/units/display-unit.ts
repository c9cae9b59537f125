import { convert, findUnit } from "./convert.ts";

/** The units that a quantity may be shown in, by UCUM's case sensitive codes (ucum.org). */
export const DISPLAY_UNITS = {
  temperature: ["Cel", "[degF]"],
  precipitation: ["mm", "[in_i]"],
  level: ["cm", "m", "[in_i]", "[ft_i]"],
  volume: ["L", "m3", "[gal_us]"],
  flow: ["L/min", "m3/h", "[gal_us]/min"],
  pressure: ["bar", "kPa", "hPa", "[psi]", "[in_i'Hg]"],
  speed: ["m/s", "km/h", "[mi_i]/h", "[kn_i]"],
  mass: ["g", "kg", "[oz_av]", "[lb_av]"],
  area: ["m2", "har", "[acr_us]"],
  energy: ["W.h", "kW.h"],
} as const;
export type DisplayQuantity = keyof typeof DISPLAY_UNITS;

export const UNIT_SYSTEMS = ["metric", "us"] as const;
export type UnitSystem = (typeof UNIT_SYSTEMS)[number];

export interface UnitPreferences {
  readonly unitSystem: UnitSystem;
  /** UCUM codes, of quantities that are to be shown otherwise than the system has it. */
  readonly units: Partial<Readonly<Record<DisplayQuantity, string>>>;
}

interface Counterparts {
  readonly quantity?: DisplayQuantity;
  /** Absent: there is none in use, and the unit stays. */
  readonly metric?: string;
  readonly us?: string;
}

/** By symbol. What is not here is shown as it was sent, by everybody. */
const COUNTERPARTS: Readonly<Record<string, Counterparts>> = {
  K: { quantity: "temperature", metric: "°C", us: "°F" },
  "°C": { quantity: "temperature", us: "°F" },
  "°F": { quantity: "temperature", metric: "°C" },
  Pa: { quantity: "pressure", metric: "hPa", us: "inHg" },
  hPa: { quantity: "pressure", us: "inHg" },
  mbar: { quantity: "pressure", us: "inHg" },
  kPa: { quantity: "pressure", us: "psi" },
  bar: { quantity: "pressure", us: "psi" },
  psi: { quantity: "pressure", metric: "bar" },
  inHg: { quantity: "pressure", metric: "hPa" },
  mm: { quantity: "precipitation", us: "in" },
  in: { quantity: "precipitation", metric: "mm" },
  cm: { quantity: "level", us: "in" },
  m: { quantity: "level", us: "ft" },
  ft: { quantity: "level", metric: "m" },
  km: { us: "mi" },
  mi: { metric: "km" },
  "m²": { quantity: "area", us: "ft²" },
  "ft²": { quantity: "area", metric: "m²" },
  ha: { quantity: "area", us: "acre" },
  acre: { quantity: "area", metric: "ha" },
  L: { quantity: "volume", us: "gal" },
  "m³": { quantity: "volume", us: "gal" },
  gal: { quantity: "volume", metric: "L" },
  "L/s": { quantity: "flow", us: "gal/min" },
  "L/min": { quantity: "flow", us: "gal/min" },
  "L/h": { quantity: "flow", us: "gal/min" },
  "m³/h": { quantity: "flow", us: "gal/min" },
  "m³/s": { quantity: "flow", metric: "m³/h", us: "gal/min" },
  "gal/min": { quantity: "flow", metric: "L/min" },
  "m/s": { quantity: "speed", us: "mph" },
  "km/h": { quantity: "speed", us: "mph" },
  mph: { quantity: "speed", metric: "km/h" },
  kn: { quantity: "speed", metric: "km/h", us: "mph" },
  "mm/h": { us: "in/h" },
  "in/h": { metric: "mm/h" },
  "mm/d": { us: "in/d" },
  "in/d": { metric: "mm/d" },
  g: { quantity: "mass", us: "oz" },
  kg: { quantity: "mass", us: "lb" },
  oz: { quantity: "mass", metric: "g" },
  lb: { quantity: "mass", metric: "kg" },
  hp: { metric: "kW" },
  Wh: { quantity: "energy" },
  kWh: { quantity: "energy" },
};

/** The symbol of the unit in which somebody sees readings of a unit. A unit that nobody knows stays what it is. */
export function displayUnit(unit: string, preferences: UnitPreferences): string {
  const known = findUnit(unit);
  if (!known) return unit;
  const counterparts = COUNTERPARTS[known.symbol];
  const chosen = counterparts?.quantity && preferences.units[counterparts.quantity];
  const chosenUnit = chosen === undefined ? undefined : findUnit(chosen);
  if (chosenUnit?.dimension === known.dimension) return chosenUnit.symbol;
  return counterparts?.[preferences.unitSystem] ?? known.symbol;
}

export interface DisplayedValue {
  readonly value: number;
  readonly unit: string;
}

export function displayed(value: number, unit: string, preferences: UnitPreferences): DisplayedValue {
  const shown = displayUnit(unit, preferences);
  return { value: shown === unit ? value : convert(value, unit, shown), unit: shown };
}

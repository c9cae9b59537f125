/**
 * What the units of readings are. Inside a formula quantities are in SI or in the unit that its name ends with; this table is
 * for what comes in and for what is shown.
 *
 * Factors are exact by definition where the unit is defined by another (NIST SP 811, appendix B): inch 25.4 mm, pound
 * 0.45359237 kg, US gallon 231 cubic inches, horsepower 550 foot-pounds a second. The inch of mercury is the conventional one.
 */

/** What is measured, apart from its unit. Units of one dimension convert into each other, and into no other. */
export type Dimension =
  | "temperature"
  | "pressure"
  | "length"
  | "area"
  | "volume"
  | "flow"
  | "speed"
  | "mass"
  | "power"
  | "energy"
  | "irradiance"
  | "radiant exposure"
  | "daily radiant exposure"
  | "mass concentration"
  | "mass per volume of air"
  | "salinity"
  | "conductivity"
  | "practical salinity"
  | "turbidity"
  | "nephelometric turbidity at 860 nm"
  | "acidity"
  | "fraction"
  | "illuminance"
  | "duration"
  | "angle"
  | "voltage"
  | "current"
  | "frequency"
  | "carbon intensity";

export interface Unit {
  /** As it stands beside a number: "°C", "m³/h". */
  readonly symbol: string;
  /** The case sensitive code of UCUM (ucum.org), where it has one. */
  readonly ucum: string | undefined;
  readonly dimension: Dimension;
  /** A value in SI is (value + zero) · factor; `zero` is not 0 for temperatures alone. */
  readonly factor: number;
  readonly zero: number;
}

const INCH = 0.0254;
const FOOT = 12 * INCH;
const MILE = 5280 * FOOT;
const POUND = 0.45359237;
const STANDARD_GRAVITY = 9.80665;
const US_GALLON = 231 * INCH ** 3;
const MINUTE = 60;
const HOUR = 3600;
const LITRE = 1e-3;

type Row = readonly [symbol: string, ucum: string | undefined, factor: number, zero?: number];

const ROWS: Readonly<Record<Dimension, readonly Row[]>> = {
  temperature: [
    ["K", "K", 1],
    ["°C", "Cel", 1, 273.15],
    ["°F", "[degF]", 5 / 9, 459.67],
  ],
  pressure: [
    ["Pa", "Pa", 1],
    ["hPa", "hPa", 100],
    ["kPa", "kPa", 1000],
    ["mbar", "mbar", 100],
    ["bar", "bar", 1e5],
    ["psi", "[psi]", (POUND * STANDARD_GRAVITY) / INCH ** 2],
    ["inHg", "[in_i'Hg]", 3386.389],
    // The conventional one, 13.5951 · 9.80665 Pa; a torr differs in the seventh digit.
    ["mmHg", "mm[Hg]", 133.322387415],
    ["atm", "atm", 101_325],
    ["MPa", "MPa", 1e6],
  ],
  length: [
    ["m", "m", 1],
    ["mm", "mm", 1e-3],
    ["cm", "cm", 1e-2],
    ["km", "km", 1000],
    ["in", "[in_i]", INCH],
    ["ft", "[ft_i]", FOOT],
    ["mi", "[mi_i]", MILE],
  ],
  area: [
    ["m²", "m2", 1],
    ["ha", "har", 1e4],
    ["km²", "km2", 1e6],
    ["ft²", "[sft_i]", FOOT ** 2],
    // The survey foot's acre differs by 4 parts in a million; no field is measured so well.
    ["acre", "[acr_us]", 43_560 * FOOT ** 2],
  ],
  volume: [
    ["m³", "m3", 1],
    ["L", "L", LITRE],
    ["mL", "mL", 1e-6],
    ["gal", "[gal_us]", US_GALLON],
    ["ft³", "[cft_i]", FOOT ** 3],
  ],
  flow: [
    ["m³/s", "m3/s", 1],
    ["m³/h", "m3/h", 1 / HOUR],
    ["L/s", "L/s", LITRE],
    ["L/min", "L/min", LITRE / MINUTE],
    ["L/h", "L/h", LITRE / HOUR],
    ["gal/min", "[gal_us]/min", US_GALLON / MINUTE],
    ["gal/h", "[gal_us]/h", US_GALLON / HOUR],
  ],
  speed: [
    ["m/s", "m/s", 1],
    ["km/h", "km/h", 1000 / HOUR],
    ["mph", "[mi_i]/h", MILE / HOUR],
    ["kn", "[kn_i]", 1852 / HOUR],
    ["mm/h", "mm/h", 1e-3 / HOUR],
    ["in/h", "[in_i]/h", INCH / HOUR],
    ["mm/d", "mm/d", 1e-3 / (24 * HOUR)],
    ["in/d", "[in_i]/d", INCH / (24 * HOUR)],
  ],
  mass: [
    ["kg", "kg", 1],
    ["g", "g", 1e-3],
    ["mg", "mg", 1e-6],
    ["t", "t", 1000],
    ["oz", "[oz_av]", POUND / 16],
    ["lb", "[lb_av]", POUND],
  ],
  power: [
    ["W", "W", 1],
    ["kW", "kW", 1000],
    ["MW", "MW", 1e6],
    ["hp", "[HP]", 550 * FOOT * POUND * STANDARD_GRAVITY],
  ],
  energy: [
    ["J", "J", 1],
    ["kJ", "kJ", 1000],
    ["MJ", "MJ", 1e6],
    ["Wh", "W.h", HOUR],
    ["kWh", "kW.h", 1000 * HOUR],
    ["MWh", "MW.h", 1e6 * HOUR],
  ],
  irradiance: [["W/m²", "W/m2", 1]],
  "radiant exposure": [
    ["J/m²", "J/m2", 1],
    ["MJ/m²", "MJ/m2", 1e6],
    ["kWh/m²", "kW.h/m2", 1000 * HOUR],
  ],
  "daily radiant exposure": [["MJ/m²/d", "MJ/m2/d", 1e6 / (24 * HOUR)]],
  // Parts per million and billion are by mass, of dilute water: a litre weighs a kilogram. No gas is measured in them here.
  "mass concentration": [
    ["kg/m³", "kg/m3", 1],
    ["g/L", "g/L", 1],
    ["mg/L", "mg/L", 1e-3],
    ["µg/L", "ug/L", 1e-6],
    ["ppm", "[ppm]", 1e-3],
    ["ppb", "[ppb]", 1e-6],
  ],
  "mass per volume of air": [
    ["g/m³", "g/m3", 1e-3],
    ["mg/m³", "mg/m3", 1e-6],
    ["µg/m³", "ug/m3", 1e-9],
  ],
  salinity: [
    ["g/kg", "g/kg", 1e-3],
    ["ppt", "[ppth]", 1e-3],
  ],
  // A ratio of conductivities (UNESCO 1981): near grams a kilogram, and not the same.
  "practical salinity": [["PSU", "{PSU}", 1]],
  conductivity: [
    ["S/m", "S/m", 1],
    ["mS/cm", "mS/cm", 0.1],
    ["µS/cm", "uS/cm", 1e-4],
    ["dS/m", "dS/m", 0.1],
  ],
  // EPA 180.1 with white light and ISO 7027 with infrared: the same suspension reads differently.
  turbidity: [["NTU", "{NTU}", 1]],
  "nephelometric turbidity at 860 nm": [["FNU", "{FNU}", 1]],
  acidity: [["pH", "[pH]", 1]],
  fraction: [
    ["1", "1", 1],
    ["%", "%", 1e-2],
  ],
  illuminance: [
    ["lx", "lx", 1],
    ["klx", "klx", 1000],
  ],
  duration: [
    ["s", "s", 1],
    ["ms", "ms", 1e-3],
    ["min", "min", MINUTE],
    ["h", "h", HOUR],
    ["d", "d", 24 * HOUR],
  ],
  angle: [
    ["rad", "rad", 1],
    ["°", "deg", Math.PI / 180],
  ],
  voltage: [
    ["V", "V", 1],
    ["mV", "mV", 1e-3],
  ],
  current: [
    ["A", "A", 1],
    ["mA", "mA", 1e-3],
  ],
  frequency: [["Hz", "Hz", 1]],
  "carbon intensity": [
    ["kg/kWh", "kg/kW.h", 1 / (1000 * HOUR)],
    ["g/kWh", "g/kW.h", 1e-3 / (1000 * HOUR)],
  ],
};

export const ALL_UNITS: readonly Unit[] = Object.entries(ROWS).flatMap(([dimension, rows]) =>
  rows.map(([symbol, ucum, factor, zero = 0]) => ({
    symbol,
    ucum,
    dimension: dimension as Dimension,
    factor,
    zero,
  })),
);

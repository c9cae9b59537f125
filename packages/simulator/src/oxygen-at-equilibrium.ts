import {
  OXYGEN_SALINITIES_GRAMS_PER_KG,
  OXYGEN_TEMPERATURES_CELSIUS,
  oxygenSaturationMgPerLitre,
} from "@sluice/solutions/aquaculture/oxygen-saturation.ts";

/** What simulated water holds when it has taken its fill of the air. A world goes on where the formula ends: at its last value. */
export function oxygenAtEquilibriumMgPerLitre(temperatureCelsius: number, salinityGramsPerKg = 0): number {
  const celsius = within(OXYGEN_TEMPERATURES_CELSIUS, temperatureCelsius);
  const salinity = within(OXYGEN_SALINITIES_GRAMS_PER_KG, salinityGramsPerKg);
  return oxygenSaturationMgPerLitre(celsius, salinity).value!;
}

function within([least, most]: readonly [number, number], value: number): number {
  return Math.min(Math.max(value, least), most);
}

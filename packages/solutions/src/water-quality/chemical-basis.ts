/**
 * The same substance is told by the weight of its ion or of the element that matters in it: nitrate as NO3 (European Union, WHO) or
 * as N (United States). Conversion is by molar masses, so exact but for their digits: IUPAC, "Standard atomic weights 2021",
 * abridged.
 */
const NITROGEN = 14.007;
const OXYGEN = 15.999;
const HYDROGEN = 1.008;
const PHOSPHORUS = 30.974;

/** g/mol of what is weighed, and of the element, of one atom of which it holds. */
const BASES = {
  N: { element: "N", molarMass: NITROGEN },
  NO3: { element: "N", molarMass: NITROGEN + 3 * OXYGEN },
  NO2: { element: "N", molarMass: NITROGEN + 2 * OXYGEN },
  NH3: { element: "N", molarMass: NITROGEN + 3 * HYDROGEN },
  NH4: { element: "N", molarMass: NITROGEN + 4 * HYDROGEN },
  P: { element: "P", molarMass: PHOSPHORUS },
  PO4: { element: "P", molarMass: PHOSPHORUS + 4 * OXYGEN },
} as const;

export type ChemicalBasis = keyof typeof BASES;

/** A concentration in whichever unit, told on another basis. Throws where the bases share no element: a programmer's mistake. */
export function onBasis(concentration: number, from: ChemicalBasis, to: ChemicalBasis): number {
  if (BASES[from].element !== BASES[to].element) throw new Error(`${from} cannot be told as ${to}`);
  return (concentration * BASES[to].molarMass) / BASES[from].molarMass;
}

/**
 * Conductivity changes with the temperature that it is told for; natural waters conduct 1.116 times as well at 25 °C as at 20 °C.
 * ISO 7888:1985 (EN 27888), table of correction factors.
 */
export const CONDUCTIVITY_25_OVER_20 = 1.116;

export function conductivityAt25(conductivityAt20: number): number {
  return conductivityAt20 * CONDUCTIVITY_25_OVER_20;
}

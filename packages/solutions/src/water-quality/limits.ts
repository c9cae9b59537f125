import { SluiceError } from "@sluice/core/errors.ts";
import { convert } from "@sluice/core/units/convert.ts";
import { type ChemicalBasis, conductivityAt25, onBasis } from "./chemical-basis.ts";
import { WATER_LIMITS } from "./limit-table.ts";
import type { Authority, LimitMeaning, WaterLimit } from "./water-limit.ts";

/** The limits that hold on a day ("2026-07-01"), of one authority or all, strictest in meaning first. */
export function limitsOn(parameter: string, day: string, authority?: Authority): WaterLimit[] {
  return WATER_LIMITS.filter(
    (limit) =>
      limit.parameter === parameter &&
      (authority === undefined || limit.authority === authority) &&
      (limit.from === undefined || limit.from <= day) &&
      (limit.until === undefined || day < limit.until),
  ).sort((a, b) => MEANINGS.indexOf(a.meaning) - MEANINGS.indexOf(b.meaning));
}

const MEANINGS: readonly LimitMeaning[] = ["legal", "action", "treatment", "guideline", "indicator", "aesthetic"];

/** The unit, and what is weighed, that a value to be judged is in. */
export interface Measured {
  readonly unit: string;
  readonly as?: ChemicalBasis;
}

export interface Bounds {
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
}

/**
 * A limit in the unit and on the basis of a metric. A conductivity is one at 25 °C. Throws where the units do not convert, and
 * `water-limit.basis` where the limit weighs an ion or an element and nobody says which of them was measured.
 */
export function boundsIn(limit: WaterLimit, measured: Measured): Bounds {
  const { as } = limit;
  if (as !== undefined && measured.as === undefined) throw basisMissing(limit, as);
  const told = (value: number | undefined): number | undefined => {
    if (value === undefined) return undefined;
    const warm = limit.atCelsius === 20 ? conductivityAt25(value) : value;
    const same = as !== undefined && measured.as !== undefined ? onBasis(warm, as, measured.as) : warm;
    return limit.unit === measured.unit ? same : convert(same, limit.unit, measured.unit);
  };
  return { minimum: told(limit.minimum), maximum: told(limit.maximum) };
}

function basisMissing({ parameter, authority }: WaterLimit, as: ChemicalBasis): SluiceError {
  const message = `The limit of the ${authority} on ${parameter} is told as ${as}: say as what the measurement is told.`;
  return new SluiceError("invalid", "water-limit.basis", message, { details: { parameter, authority, as } });
}

/** Which of the limits of a day a value is beyond. A value at a limit keeps it. */
export function limitsBroken(
  parameter: string,
  value: number,
  measured: Measured,
  day: string,
  authority?: Authority,
): WaterLimit[] {
  return limitsOn(parameter, day, authority).filter((limit) => {
    const { minimum, maximum } = boundsIn(limit, measured);
    return (minimum !== undefined && value < minimum) || (maximum !== undefined && value > maximum);
  });
}

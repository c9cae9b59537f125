import { SluiceError } from "../errors.ts";
import { ALL_UNITS, type Unit } from "./unit-table.ts";

/** The micro sign and the Greek letter look the same, and both are typed. */
const GREEK_MU = /\u03bc/g;

const KNOWN: ReadonlyMap<string, Unit> = new Map([
  ...ALL_UNITS.flatMap((unit) => (unit.ucum === undefined ? [] : [[unit.ucum, unit] as const])),
  // Symbols win: what is read beside a number is what was meant.
  ...ALL_UNITS.map((unit) => [unit.symbol, unit] as const),
]);

/** By its symbol ("°C") or its UCUM code ("Cel"). */
export function findUnit(name: string): Unit | undefined {
  return KNOWN.get(name.replace(GREEK_MU, "µ"));
}

/** Throws `unit.unknown`. */
export function unitOf(name: string): Unit {
  const unit = findUnit(name);
  if (unit) return unit;
  const known = ALL_UNITS.map(({ symbol }) => symbol);
  throw new SluiceError(
    "invalid",
    "unit.unknown",
    `Nobody knows the unit "${name}": write one of ${known.join(", ")}.`,
    {
      details: { unit: name, known },
    },
  );
}

/** A value of one unit in another. Throws `unit.unknown`, and `unit.dimension` where the two measure different things. */
export function convert(value: number, from: string, to: string): number {
  const [source, target] = alike(from, to);
  if (source === target) return value;
  const converted = ((value + source.zero) * source.factor) / target.factor - target.zero;
  return source.zero === target.zero ? converted : roundDegrees(converted);
}

/**
 * A difference of two values: a step, a hysteresis, a tolerance. 1 °C warmer is 1.8 °F warmer, while 1 °C is 33.8 °F. Throws as
 * `convert` does.
 */
export function convertDifference(difference: number, from: string, to: string): number {
  const [source, target] = alike(from, to);
  return source === target ? difference : (difference * source.factor) / target.factor;
}

/** In the dimension's SI unit: kelvin, pascal, cubic metre … */
export function toSi(value: number, unit: string): number {
  const { zero, factor } = unitOf(unit);
  return (value + zero) * factor;
}

export function fromSi(value: number, unit: string): number {
  const { zero, factor } = unitOf(unit);
  return value / factor - zero;
}

/** What the large zeros of temperatures leave in the last digits goes, so that 0 °C is 32 °F and not a little less. */
function roundDegrees(degrees: number): number {
  return Math.round(degrees * 1e10) / 1e10 + 0;
}

function alike(from: string, to: string): readonly [Unit, Unit] {
  const source = unitOf(from);
  const target = unitOf(to);
  if (source.dimension === target.dimension) return [source, target];
  const message = `${source.symbol} measures ${source.dimension} and ${target.symbol} ${target.dimension}: give a unit of ${source.dimension}.`;
  throw new SluiceError("invalid", "unit.dimension", message, {
    details: { from: source.symbol, fromDimension: source.dimension, to: target.symbol, toDimension: target.dimension },
  });
}

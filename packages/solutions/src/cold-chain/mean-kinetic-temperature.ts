import { type Determined, determined, undetermined } from "@sluice/core/determined.ts";

const KELVIN = 273.15;
const GAS_CONSTANT_JOULES_PER_MOLE_KELVIN = 8.3144;
/** Where nobody has measured that of the product: 83.144 kJ/mol, which makes ΔH/R 10,000 K. */
export const DEFAULT_ACTIVATION_JOULES_PER_MOLE = 83_144;

export interface StoredFor {
  readonly temperatureCelsius: number;
  /** How long it was so; 1 when absent, for readings at even distances. */
  readonly durationMs?: number;
}

/**
 * The one temperature in °C at which a product would have aged as much as it did at all of these: warm hours weigh more. It does
 * not hold for what is frozen, nor does it excuse a time outside of the limits.
 *
 * Haynes, J. D., "Worldwide virtual temperatures for product stability testing", Journal of Pharmaceutical Sciences 60 (1971),
 * 927–929; ICH Q1A(R2), glossary; USP <1079.2>: T = (ΔH/R) / −ln(Σ tᵢ·exp(−ΔH/(R·Tᵢ)) / Σ tᵢ), temperatures in kelvin.
 */
export function meanKineticTemperatureCelsius(
  stored: Iterable<StoredFor>,
  activationJoulesPerMole: number = DEFAULT_ACTIVATION_JOULES_PER_MOLE,
): Determined<number> {
  if (!(activationJoulesPerMole > 0)) return undetermined("the activation energy is not above 0");
  const activationKelvin = activationJoulesPerMole / GAS_CONSTANT_JOULES_PER_MOLE_KELVIN;
  let totalMs = 0;
  let aged = 0;
  for (const { temperatureCelsius, durationMs = 1 } of stored) {
    if (!(temperatureCelsius > -KELVIN)) return undetermined("a temperature is missing");
    if (!(durationMs >= 0)) return undetermined("a duration is missing or negative");
    totalMs += durationMs;
    aged += durationMs * Math.exp(-activationKelvin / (temperatureCelsius + KELVIN));
  }
  if (totalMs === 0) return undetermined("there is no temperature");
  return determined(activationKelvin / -Math.log(aged / totalMs) - KELVIN);
}

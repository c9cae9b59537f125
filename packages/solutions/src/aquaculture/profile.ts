/**
 * One pond with its probes, an aerator, a feeder, and valves for fresh water and for draining. Defaults of the aquaculture
 * solution, for warm-water fish past their early stages; the limits come from:
 *
 * - oxygen 4 and 3 mg/L: the least daily values that may stand for a week, and at all (US EPA, Ambient Water Quality Criteria
 *   for Dissolved Oxygen, EPA 440/5-86-003, warm-water fish, other life stages);
 * - ammonia 2 mg/L of nitrogen: the acute criterion at pH 8 and 28 °C, a warm pond by day (`ammonia-criterion.ts`).
 *
 * The pond has an overflow: water let in at the inlet exchanges it. The valves are one interlock group, so that no two water
 * operations happen at a time, and nothing drains what it does not see.
 */
export const aquaculturePondProfile = {
  key: "aquaculture-pond",
  name: "Aquaculture pond",
  metrics: [
    { key: "dissolved_oxygen", unit: "mg/L", quantity: "dissolved oxygen", minimum: 0, maximum: 25, precision: 2 },
    { key: "temperature", unit: "°C", quantity: "water temperature", minimum: -2, maximum: 45, precision: 1 },
    { key: "ph", unit: "pH", quantity: "acidity", minimum: 0, maximum: 14, precision: 2 },
    { key: "ammonia", unit: "mg/L", quantity: "total ammonia, as nitrogen", minimum: 0, maximum: 100, precision: 2 },
    { key: "salinity", unit: "g/kg", quantity: "salinity", minimum: 0, maximum: 60, precision: 1 },
    { key: "turbidity", unit: "NTU", quantity: "turbidity", minimum: 0, maximum: 4000, precision: 0 },
    { key: "level", unit: "m", quantity: "depth of the water", minimum: 0, maximum: 10, precision: 2 },
  ],
  actuators: [
    {
      key: "aerator",
      kind: "aerator",
      maxRunMs: 2 * 3_600_000,
      cooldownMs: 0,
      // The motor's, between two starts.
      minOffMs: 5_000,
      safeState: "on",
      linkLossMs: 60_000,
      maxReadingAgeMs: 15 * 60_000,
    },
    {
      key: "inlet",
      kind: "valve",
      maxRunMs: 3_600_000,
      cooldownMs: 5_000,
      safeState: "off",
      linkLossMs: 60_000,
      interlockGroup: "water",
      maxReadingAgeMs: 15 * 60_000,
      maxRunMsPerDay: 8 * 3_600_000,
    },
    {
      key: "outlet",
      kind: "valve",
      maxRunMs: 3_600_000,
      cooldownMs: 5_000,
      safeState: "off",
      linkLossMs: 60_000,
      interlockGroup: "water",
      maxRunMsPerDay: 4 * 3_600_000,
      permissives: [{ metric: "level", operator: "above", value: 0.6, maxAgeMs: 5 * 60_000 }],
    },
    {
      key: "feeder",
      kind: "feeder",
      maxRunMs: 10 * 60_000,
      cooldownMs: 60_000,
      safeState: "off",
      linkLossMs: 60_000,
      // With the starts, at most 10 kg a day.
      maxDose: { amount: 2_000, unit: "g" },
      maxStartsPerDay: 5,
      // Digesting takes oxygen: fish are not fed where it is short already, nor where nobody knows.
      permissives: [{ metric: "dissolved_oxygen", operator: "above", value: 4, maxAgeMs: 15 * 60_000 }],
    },
  ],
  rules: [
    {
      key: "aerate",
      name: "Aerate when oxygen is low",
      metric: "dissolved_oxygen",
      comparison: "below",
      threshold: 4,
      hysteresis: 1,
      action: { actuator: "aerator", kind: "RUN", durationMs: 30 * 60_000 },
      alert: { severity: "major", message: "Oxygen in {device} is {value} mg/L, below {threshold}." },
    },
    {
      key: "oxygen-critical",
      name: "Oxygen is critically low",
      metric: "dissolved_oxygen",
      comparison: "below",
      threshold: 3,
      hysteresis: 0.5,
      alert: { severity: "critical", message: "Oxygen in {device} is {value} mg/L: fish are in danger." },
    },
    {
      key: "exchange-water",
      name: "Exchange water when ammonia is high",
      metric: "ammonia",
      comparison: "above",
      threshold: 2,
      hysteresis: 0.5,
      priority: "EMERGENCY",
      action: { actuator: "inlet", kind: "RUN", durationMs: 30 * 60_000 },
      alert: { severity: "critical", message: "Ammonia in {device} is {value} mg/L, above {threshold}." },
    },
    {
      key: "refill",
      name: "Refill when the water is low",
      metric: "level",
      comparison: "below",
      threshold: 0.8,
      hysteresis: 0.2,
      action: { actuator: "inlet", kind: "RUN", durationMs: 20 * 60_000 },
      alert: { severity: "warning", message: "The water in {device} is {value} m deep." },
    },
  ],
} as const;

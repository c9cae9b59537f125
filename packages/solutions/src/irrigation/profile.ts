/**
 * A zone with one soil-moisture probe and one pump. Defaults of the irrigation solution: water below 10 % moisture, at most
 * 30 s at a time, then wait 15 minutes for the water to reach the probe.
 */
export const irrigationZoneProfile = {
  key: "irrigation-zone",
  name: "Irrigation zone",
  metrics: [
    { key: "moisture", unit: "%", quantity: "volumetric soil moisture", minimum: 0, maximum: 100, precision: 1 },
  ],
  actuators: [{ key: "pump", kind: "pump", maxRunMs: 30_000, cooldownMs: 15 * 60_000 }],
  rules: [
    {
      key: "water-when-dry",
      name: "Water when dry",
      metric: "moisture",
      comparison: "below",
      threshold: 10,
      action: { actuator: "pump", kind: "RUN", durationMs: 30_000 },
    },
  ],
} as const;

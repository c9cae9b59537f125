/**
 * A station that watches water: a river's, a well's, a plant's, or a point of a network. The ranges are those in which a reading
 * makes sense, not those in which water is good. Nitrate and phosphate are told as the ions, as the laws on drinking water of
 * the European Union have them.
 */
export const waterQualityProfile = {
  key: "water-quality",
  name: "Water-quality station",
  metrics: [
    { key: "ph", unit: "pH", quantity: "acidity", minimum: 0, maximum: 14, precision: 2 },
    { key: "turbidity", unit: "NTU", quantity: "turbidity", minimum: 0, maximum: 4000, precision: 2 },
    { key: "dissolved_oxygen", unit: "mg/L", quantity: "dissolved oxygen", minimum: 0, maximum: 25, precision: 2 },
    { key: "temperature", unit: "°C", quantity: "water temperature", minimum: -2, maximum: 50, precision: 1 },
    {
      key: "conductivity",
      unit: "µS/cm",
      quantity: "conductivity at 25 °C",
      minimum: 0,
      maximum: 100_000,
      precision: 0,
    },
    { key: "chlorine", unit: "mg/L", quantity: "free chlorine", minimum: 0, maximum: 20, precision: 2 },
    { key: "nitrate", unit: "mg/L", quantity: "nitrate, as NO3", minimum: 0, maximum: 1000, precision: 1 },
    { key: "phosphate", unit: "mg/L", quantity: "phosphate, as PO4", minimum: 0, maximum: 100, precision: 2 },
    { key: "lead", unit: "µg/L", quantity: "lead", minimum: 0, maximum: 10_000, precision: 1 },
    { key: "copper", unit: "mg/L", quantity: "copper", minimum: 0, maximum: 100, precision: 3 },
    { key: "iron", unit: "µg/L", quantity: "iron", minimum: 0, maximum: 100_000, precision: 0 },
    { key: "arsenic", unit: "µg/L", quantity: "arsenic", minimum: 0, maximum: 10_000, precision: 1 },
  ],
  actuators: [],
  rules: [],
  // What the specification of the stations allows one of them.
  readingsPerSecond: 1,
  readingsBurst: 1,
} as const;

/**
 * A room or refrigerator in which medicines or vaccines are kept at +2 to +8 °C. The range and the limits come from:
 *
 * - +2 to +8 °C: World Health Organization, Model guidance for the storage and transport of time- and temperature-sensitive
 *   pharmaceutical products, Technical Report Series 961 (2011), annex 9;
 * - freezing at -0.5 °C for one hour: the alarm of the electronic devices that the WHO prescribes for international shipments of
 *   vaccines (category PQS E006). Some vaccines are lost by it at once, so that this rule warns before, at 0 °C;
 * - a recorder from -30 to +70 °C, with a reading every 15 minutes at most: EN 12830 asks for a range and an interval that fit the
 *   use, and for an error of at most 1 °C in its class 1.
 *
 * Half an hour above 8 °C is the time that a door may need to be loaded through; after that somebody has to come.
 */
const MINUTE_MS = 60_000;

export const coldRoomProfile = {
  key: "cold-room",
  name: "Cold room",
  metrics: [
    {
      key: "temperature",
      unit: "°C",
      quantity: "air temperature in the room",
      minimum: -30,
      maximum: 70,
      precision: 1,
      // A recorder of 0.1 °C that says the same for a day is one that hangs.
      flatlineMs: 24 * 3_600_000,
    },
    { key: "humidity", unit: "%", quantity: "relative humidity", minimum: 0, maximum: 100, precision: 0 },
    { key: "door", unit: null, quantity: "the door: 1 is open, 0 is shut", minimum: 0, maximum: 1, precision: 0 },
  ],
  actuators: [
    // For people in front of the room: it makes noise, and nothing else.
    {
      key: "sounder",
      kind: "relay",
      maxRunMs: 2 * MINUTE_MS,
      cooldownMs: 5 * MINUTE_MS,
      safeState: "off",
      linkLossMs: MINUTE_MS,
    },
  ],
  rules: [
    {
      key: "too-warm",
      name: "Too warm for half an hour",
      metric: "temperature",
      comparison: "above",
      threshold: 8,
      hysteresis: 0.5,
      forMs: 30 * MINUTE_MS,
      action: { actuator: "sounder", kind: "RUN", durationMs: MINUTE_MS },
      alert: { severity: "critical", message: "{device} has been above {threshold} °C for half an hour: {value} °C." },
    },
    {
      key: "too-cold",
      name: "Colder than it should be",
      metric: "temperature",
      comparison: "below",
      threshold: 2,
      hysteresis: 0.5,
      forMs: 30 * MINUTE_MS,
      alert: { severity: "major", message: "{device} has been below {threshold} °C for half an hour: {value} °C." },
    },
    {
      key: "freezing",
      name: "Freezing",
      metric: "temperature",
      comparison: "below",
      threshold: 0,
      hysteresis: 0.5,
      action: { actuator: "sounder", kind: "RUN", durationMs: MINUTE_MS },
      alert: { severity: "critical", message: "{device} is at {value} °C: what must not freeze is in danger." },
    },
    {
      key: "door-open",
      name: "The door stands open",
      metric: "door",
      comparison: "above",
      threshold: 0.5,
      forMs: 5 * MINUTE_MS,
      alert: { severity: "warning", message: "The door of {device} has been open for five minutes." },
    },
  ],
  schedules: [
    {
      key: "sounder-test",
      name: "Test of the sounder",
      actuator: "sounder",
      // On a weekday, with people there who miss it if it stays quiet.
      times: { kind: "cron", expression: "0 9 * * 1" },
      action: { kind: "RUN", durationMs: 2_000 },
    },
  ],
} as const;

/**
 * A small computer with a BME280 and itself to look after. Its payloads nest (`{"bme280":{"temperature":{"c":21.4}}}`) and are
 * stored flat; what of them is not here, such as another sensor, gets its metric when it first comes. Ranges are those of the
 * sensor's data sheet (Bosch Sensortec BST-BME280-DS002). A Raspberry Pi slows itself down from 80 °C.
 */
const AIR = { quantity: "air temperature", precision: 1 } as const;
const BOARD = { quantity: "temperature of the processor", precision: 1 } as const;

export const weatherStationProfile = {
  key: "weather-station",
  name: "Weather station",
  metrics: [
    { key: "bme280.temperature.c", unit: "°C", ...AIR, minimum: -40, maximum: 85 },
    { key: "bme280.temperature.f", unit: "°F", ...AIR, minimum: -40, maximum: 185 },
    {
      key: "bme280.pressure",
      unit: "hPa",
      quantity: "air pressure at the station",
      minimum: 300,
      maximum: 1100,
      precision: 1,
    },
    { key: "bme280.humidity", unit: "%", quantity: "relative humidity", minimum: 0, maximum: 100, precision: 1 },
    { key: "cpu.temperature.c", unit: "°C", ...BOARD, minimum: -40, maximum: 110 },
    { key: "cpu.temperature.f", unit: "°F", ...BOARD, minimum: -40, maximum: 230 },
    { key: "disk.used_percent", unit: "%", quantity: "disk space in use", minimum: 0, maximum: 100, precision: 1 },
  ],
  actuators: [],
  rules: [
    {
      key: "processor-hot",
      name: "The processor is hot",
      metric: "cpu.temperature.c",
      comparison: "above",
      threshold: 80,
      hysteresis: 5,
      alert: { severity: "warning", message: "The processor of {device} is at {value} °C: it slows down." },
    },
  ],
} as const;

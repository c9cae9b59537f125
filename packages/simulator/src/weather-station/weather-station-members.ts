import { convert } from "@sluice/core/units/convert.ts";
import { weatherStationProfile } from "@sluice/solutions/weather-station/profile.ts";
import { type DeviceModel, WITHOUT_OUTPUTS } from "../device-model.ts";
import { memberSeed, normal, type Random, seededRandom } from "../random.ts";
import type { OutgoingValue } from "../senders/outgoing-reading.ts";
import { memberUid, type SimulatedMember, type WorldOptions } from "../simulated-member.ts";
import { WorldTime } from "../world-time.ts";
import { Weather, type WeatherParameters } from "./weather.ts";

/** One reading's, by the sensor's data sheet (Bosch Sensortec BST-BME280-DS002). */
const NOISE = { celsius: 0.02, hpa: 0.02, humidity: 0.1 };
/** Apart from the weather's own seeds. */
const PROBES = 0x626d6532;

/** No two stations are alike: each has its own height, and its own weather. */
export function weatherStationMembers(options: WorldOptions): readonly SimulatedMember[] {
  return Array.from({ length: options.devices }, (_, index) => {
    const seed = memberSeed(options.seed, index);
    const parameters = weatherParameters(options, seededRandom(seed));
    return {
      uid: memberUid(options, index),
      profile: weatherStationProfile.key,
      properties: { altitudeMetres: parameters.altitudeMetres },
      model: weatherStation(options, seed, parameters),
    };
  });
}

/** What the agent reads, by the names that its nested payload has when it is flat. */
function weatherStation(
  { clock, speedFactor }: WorldOptions,
  seed: number,
  parameters: WeatherParameters,
): DeviceModel {
  const startMicros = clock.nowMicros();
  const weather = new Weather(seed, parameters, startMicros);
  const time = new WorldTime(startMicros, speedFactor);
  const random = seededRandom(memberSeed(seed, PROBES));
  return {
    ...WITHOUT_OUTPUTS,
    read(timeMicros) {
      weather.advance(time.passTo(timeMicros));
      return measured(weather, random);
    },
  };
}

function measured(weather: Weather, random: Random): OutgoingValue[] {
  const celsius = weather.temperatureCelsius + NOISE.celsius * normal(random);
  const processor = weather.processorCelsius;
  const humidity = weather.relativeHumidityPercent + NOISE.humidity * normal(random);
  const values: Readonly<Record<string, number>> = {
    "bme280.temperature.c": celsius,
    "bme280.temperature.f": convert(celsius, "°C", "°F"),
    "bme280.pressure": weather.pressureHpa + NOISE.hpa * normal(random),
    "bme280.humidity": Math.min(100, Math.max(0, humidity)),
    "cpu.temperature.c": processor,
    "cpu.temperature.f": convert(processor, "°C", "°F"),
    "disk.used_percent": weather.diskUsedPercent,
  };
  return weatherStationProfile.metrics.map(({ key, precision }) => [key, Number(values[key]!.toFixed(precision))]);
}

function weatherParameters({ place }: WorldOptions, random: Random): WeatherParameters {
  // Warm at the equator, cold at the poles, with seasons that grow with the latitude.
  const towardsPole = Math.min(1, Math.abs(place.latitude) / 90);
  return {
    place,
    altitudeMetres: Math.round(600 * random()),
    meanCelsius: 27 - 34 * towardsPole + 2 * random(),
    seasonCelsius: 2 + 13 * towardsPole,
    dayCelsius: 3 + 3 * random(),
    diskStartPercent: 30 + 15 * random(),
  };
}

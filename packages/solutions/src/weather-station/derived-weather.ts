import { type Determined, undetermined } from "@sluice/core/determined.ts";
import { heatIndexCelsius } from "./heat-index.ts";
import {
  absoluteHumidityGramsPerCubicMetre,
  dewPointCelsius,
  saturationVapourPressureHpa,
  vapourPressureDeficitKpa,
} from "./humidity.ts";
import { seaLevelPressureHpa } from "./sea-level-pressure.ts";

/** Latest values by metric key, as the station's payload is stored. */
export type StationValues = Readonly<Partial<Record<string, number>>>;

export interface DerivedWeather {
  readonly dewPointCelsius: Determined<number>;
  readonly heatIndexCelsius: Determined<number>;
  readonly absoluteHumidityGramsPerCubicMetre: Determined<number>;
  readonly vapourPressureDeficitKpa: Determined<number>;
  readonly seaLevelPressureHpa: Determined<number>;
}

/** What the readings of one moment say besides; of what a sensor did not deliver, why it says nothing. */
export function derivedWeather(values: StationValues, altitudeMetres: number | undefined): DerivedWeather {
  const temperature = values["bme280.temperature.c"] ?? Number.NaN;
  const humidity = values["bme280.humidity"] ?? Number.NaN;
  const vapourPressureHpa = (saturationVapourPressureHpa(temperature) * humidity) / 100;
  return {
    dewPointCelsius: dewPointCelsius(temperature, humidity),
    heatIndexCelsius: heatIndexCelsius(temperature, humidity),
    absoluteHumidityGramsPerCubicMetre: absoluteHumidityGramsPerCubicMetre(temperature, humidity),
    vapourPressureDeficitKpa: vapourPressureDeficitKpa(temperature, humidity),
    seaLevelPressureHpa:
      altitudeMetres === undefined
        ? undetermined("nobody says how high the station stands")
        : seaLevelPressureHpa({
            pressureHpa: values["bme280.pressure"] ?? Number.NaN,
            temperatureCelsius: temperature,
            vapourPressureHpa: Number.isFinite(vapourPressureHpa) ? vapourPressureHpa : 0,
            altitudeMetres,
          }),
  };
}

import type { DerivationInputs, DerivedMetric, Solution } from "../solution.ts";
import { type DerivedWeather, derivedWeather } from "./derived-weather.ts";
import { heatIndexCelsius } from "./heat-index.ts";
import { absoluteHumidityGramsPerCubicMetre, dewPointCelsius, vapourPressureDeficitKpa } from "./humidity.ts";
import { weatherStationProfile } from "./profile.ts";
import { seaLevelPressureHpa } from "./sea-level-pressure.ts";
import { windChillCelsius } from "./wind-chill.ts";

const MAGNUS = "Alduchov, O. A. and Eskridge, R. E., Journal of Applied Meteorology 35 (1996), 601–609, equation 21";
const HEAT_INDEX = "US National Weather Service, The heat index equation, after Rothfusz, SR 90-23";
const SEA_LEVEL = "WMO-No. 8, volume I, chapter 3, Reduction of pressure to standard levels";
const AIR = ["bme280.temperature.c", "bme280.humidity"];

function derived(part: keyof DerivedWeather, metric: Omit<DerivedMetric, "derive" | "inputs">): DerivedMetric {
  const isPressure = part === "seaLevelPressureHpa";
  return {
    ...metric,
    inputs: isPressure ? [...AIR, "bme280.pressure"] : AIR,
    ...(isPressure && { facts: ["altitudeMetres"] }),
    derive: (inputs: DerivationInputs) => derivedWeather(inputs, inputs.altitudeMetres)[part],
  };
}

export const weatherStation: Solution = {
  key: "weather-station",
  name: "Weather station",
  version: 1,
  summary: "A small computer with a sensor for the air, whose history comes whole after weeks without a link.",
  isStandard: true,
  profiles: [weatherStationProfile],
  derivedMetrics: [
    derived("dewPointCelsius", { key: "dew_point", name: "Dew point", unit: "°C", source: MAGNUS }),
    derived("heatIndexCelsius", { key: "heat_index", name: "Heat index", unit: "°C", source: HEAT_INDEX }),
    derived("absoluteHumidityGramsPerCubicMetre", {
      key: "absolute_humidity",
      name: "Absolute humidity",
      unit: "g/m³",
      source: `${MAGNUS}; the ideal gas law`,
    }),
    derived("vapourPressureDeficitKpa", {
      key: "vapour_pressure_deficit",
      name: "Vapour pressure deficit",
      unit: "kPa",
      source: MAGNUS,
    }),
    derived("seaLevelPressureHpa", {
      key: "sea_level_pressure",
      name: "Pressure at sea level",
      unit: "hPa",
      source: SEA_LEVEL,
    }),
  ],
  formulas: [
    {
      name: "dewPointCelsius",
      summary: "The temperature at which the air's vapour condenses",
      source: MAGNUS,
      evaluate: dewPointCelsius,
    },
    { name: "heatIndexCelsius", summary: "How hot the air feels", source: HEAT_INDEX, evaluate: heatIndexCelsius },
    {
      name: "windChillCelsius",
      summary: "How cold the wind feels on a face",
      source: "US National Weather Service, Wind chill chart, the formula of 2001",
      evaluate: windChillCelsius,
    },
    {
      name: "absoluteHumidityGramsPerCubicMetre",
      summary: "Grams of water in a cubic metre of air",
      source: MAGNUS,
      evaluate: absoluteHumidityGramsPerCubicMetre,
    },
    {
      name: "vapourPressureDeficitKpa",
      summary: "How much more vapour the air could take",
      source: MAGNUS,
      evaluate: vapourPressureDeficitKpa,
    },
    {
      name: "seaLevelPressureHpa",
      summary: "What a barometer would show at the sea below the station",
      source: SEA_LEVEL,
      evaluate: seaLevelPressureHpa,
    },
  ],
  reports: [],
  assetKinds: [{ kind: "station", name: "Station", profiles: [weatherStationProfile.key] }],
  assetEventKinds: ["calibration", "note"],
  world: {
    sites: [
      {
        slug: "hill",
        name: "Hill",
        timeZone: "Europe/Berlin",
        latitude: 52.38,
        longitude: 13.06,
        assets: [
          {
            kind: "station",
            name: "Roof",
            devices: [
              {
                uid: "station-1",
                profile: weatherStationProfile.key,
                model: "weather-station",
                parameters: { seed: 1, altitudeMetres: 81 },
              },
            ],
          },
        ],
      },
    ],
  },
  story: {
    title: "Three weeks offline",
    steps: [
      "The station loses its link and goes on measuring, into its own buffer.",
      "Its disk fills past half: the buffer thins itself evenly, the newest hour untouched.",
      "The link is back: 360 readings at a time come in, and what came twice is stored once.",
      "The graph has no gap, and what was thinned is counted.",
    ],
  },
};

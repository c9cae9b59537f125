import type { Solution } from "../solution.ts";
import { allocateFlows } from "./allocate-flows.ts";
import { carbonOf } from "./carbon.ts";
import { birdClearSky, haurwitzGlobal, ineichenClearSky } from "./clear-sky.ts";
import { selfConsumption, selfSufficiency } from "./energy-hours.ts";
import { energyMonth } from "./energy-month.ts";
import { panelWatts } from "./panel-power.ts";
import { planeIrradiance } from "./plane-of-array.ts";
import { homeEnergyProfiles } from "./profiles.ts";
import { simulatedSolarWatts } from "./solar-simulation.ts";

const WENIGER = "Weniger, J., Tjaden, T. and Quaschning, V., Energy Procedia 46 (2014), 78–87";

export const homeEnergy: Solution = {
  key: "home-energy",
  name: "Home energy",
  version: 1,
  summary: "What homes make, use, store, buy and sell, hour by hour, and what it costs.",
  isStandard: true,
  profiles: homeEnergyProfiles,
  derivedMetrics: [],
  formulas: [
    {
      name: "allocateFlows",
      summary: "Who gave whom what energy in an hour",
      source: "Loads are served by the sun, then storage, then the grid; storage is charged in the same order",
      evaluate: allocateFlows,
    },
    {
      name: "selfConsumption",
      summary: "What of the production was used or stored at home",
      source: `${WENIGER}: direct use and charging over generation`,
      evaluate: selfConsumption,
    },
    {
      name: "selfSufficiency",
      summary: "What of the consumption was the home's own",
      source: `${WENIGER}: direct use and discharging over consumption`,
      evaluate: selfSufficiency,
    },
    {
      name: "carbonOf",
      summary: "What the grid emitted for a home, and did not have to",
      source: "GHG Protocol, Scope 2 Guidance (2015), chapter 6",
      evaluate: carbonOf,
    },
    { name: "energyMonth", summary: "The energy and the bill of a month", source: WENIGER, evaluate: energyMonth },
    {
      name: "simulatedSolarWatts",
      summary: "Simulated panels by the hour of the clock",
      source: "rated · exp(−((h − 12)²/(2·4²))), ±15 % of weather, nothing before 6 and after 20",
      evaluate: simulatedSolarWatts,
    },
    {
      name: "haurwitzGlobal",
      summary: "Clear-sky irradiance from the zenith angle alone",
      source: "Haurwitz, B., Journal of Meteorology 2 (1945), 154–166",
      evaluate: haurwitzGlobal,
    },
    {
      name: "birdClearSky",
      summary: "Clear-sky irradiance through a described atmosphere",
      source: "Bird, R. E. and Hulstrom, R. L., SERI/TR-642-761 (1981)",
      evaluate: birdClearSky,
    },
    {
      name: "ineichenClearSky",
      summary: "Clear-sky irradiance from Linke's turbidity",
      source: "Ineichen, P. and Perez, R., Solar Energy 73 (2002), 151–157",
      evaluate: ineichenClearSky,
    },
    {
      name: "planeIrradiance",
      summary: "What falls on tilted panels",
      source: "Liu, B. Y. H. and Jordan, R. C., Solar Energy 7 (1963), 53–74",
      evaluate: planeIrradiance,
    },
    {
      name: "panelWatts",
      summary: "What panels make of light",
      source: "Dobos, A. P., PVWatts Version 5 Manual, NREL/TP-6A20-62641 (2014)",
      evaluate: panelWatts,
    },
  ],
  reports: [],
  assetKinds: [{ kind: "home", name: "Home", profiles: homeEnergyProfiles.map(({ key }) => key) }],
  assetEventKinds: ["note"],
  world: {
    sites: [
      {
        slug: "street",
        name: "Street",
        timeZone: "Europe/Berlin",
        latitude: 48.14,
        longitude: 11.58,
        assets: [
          {
            kind: "home",
            name: "First home",
            devices: homeEnergyProfiles.map(({ key }, index) => ({
              uid: `home-1-${key}`,
              profile: key,
              model: "home-energy",
              parameters: { seed: index + 1 },
            })),
          },
        ],
      },
    ],
  },
  story: {
    title: "A day of sun",
    steps: [
      "In the morning the home buys; by noon the sun serves it and charges the battery.",
      "What is left over is sold.",
      "In the evening the battery gives back what the day has stored.",
      "Sources and sinks balance in every hour, and the bill says what the day cost.",
    ],
  },
};

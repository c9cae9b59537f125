import type { Solution } from "../solution.ts";
import { dailyReferenceEvapotranspiration } from "./daily-reference.ts";
import { hargreavesMm } from "./hargreaves.ts";
import { hourlyReferenceEvapotranspiration } from "./hourly-reference.ts";
import { irrigationZoneProfile } from "./profile.ts";
import { judgeRain } from "./rain-skip.ts";
import { recommendRun } from "./recommendation.ts";
import { zoneDay } from "./zone-balance.ts";

const FAO56 =
  "Allen, R. G., Pereira, L. S., Raes, D. and Smith, M., Crop evapotranspiration, FAO Irrigation and Drainage Paper 56 (1998)";

export const irrigation: Solution = {
  key: "irrigation",
  name: "Irrigation",
  version: 1,
  summary:
    "Zones that are watered when their soil is dry, never longer than their pump may run, with the water they need.",
  isStandard: true,
  profiles: [irrigationZoneProfile],
  derivedMetrics: [],
  formulas: [
    {
      name: "dailyReferenceEvapotranspiration",
      summary: "Reference evapotranspiration of a day by Penman–Monteith",
      source: `${FAO56}, equation 6`,
      evaluate: dailyReferenceEvapotranspiration,
    },
    {
      name: "hourlyReferenceEvapotranspiration",
      summary: "Reference evapotranspiration of an hour",
      source: `${FAO56}, equation 53; ASCE-EWRI, The ASCE standardized reference evapotranspiration equation (2005)`,
      evaluate: hourlyReferenceEvapotranspiration,
    },
    {
      name: "hargreavesMm",
      summary: "Reference evapotranspiration from temperatures alone",
      source: `${FAO56}, equation 52`,
      evaluate: hargreavesMm,
    },
    {
      name: "zoneDay",
      summary: "The water of a root zone from one day to the next, by the dual crop coefficient",
      source: `${FAO56}, chapters 7 and 8, annex 8`,
      evaluate: zoneDay,
    },
    {
      name: "recommendRun",
      summary: "Whether and how long to water a zone, with the reasons",
      source: `${FAO56}, chapter 8: water before the readily available water is used up`,
      evaluate: recommendRun,
    },
    {
      name: "judgeRain",
      summary: "Whether rain makes a run unnecessary",
      source: "Effective rain against the depletion of the root zone",
      evaluate: judgeRain,
    },
  ],
  reports: [],
  assetKinds: [{ kind: "zone", name: "Zone", profiles: [irrigationZoneProfile.key] }],
  assetEventKinds: ["calibration", "harvest", "note"],
  world: {
    sites: [
      {
        slug: "orchard",
        name: "Orchard",
        timeZone: "Europe/Rome",
        latitude: 44.49,
        longitude: 11.34,
        assets: ["North", "South", "Greenhouse"].map((name, index) => ({
          kind: "zone",
          name: `${name} zone`,
          devices: [
            {
              uid: `zone-${index + 1}`,
              profile: irrigationZoneProfile.key,
              model: "irrigation",
              parameters: { seed: index + 1 },
            },
          ],
        })),
      },
    ],
  },
  story: {
    title: "A thousand low readings, one run",
    steps: [
      "The soil of a zone dries below its threshold.",
      "A thousand readings say so at once.",
      "The pump starts once, for 30 seconds, and its own log shows it.",
      "Whatever the probe says in the next 15 minutes, the pump waits.",
    ],
  },
};

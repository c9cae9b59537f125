import { undetermined } from "@sluice/core/determined.ts";
import type { Solution } from "../solution.ts";
import { acuteAmmoniaMgPerLitre } from "./ammonia-criterion.ts";
import { dawnOxygen } from "./dawn-oxygen.ts";
import { feedConversionRatio, specificGrowthRatePercentPerDay, survivalPercent } from "./growth.ts";
import { oxygenSaturationPercent } from "./oxygen-saturation.ts";
import { aquaculturePondProfile } from "./profile.ts";
import { unionisedAmmoniaMgPerLitre } from "./unionised-ammonia.ts";
import { volumesToFlowThrough } from "./water-exchange.ts";

const BENSON_KRAUSE = "Benson, B. B. and Krause, D., Limnology and Oceanography 29 (1984), 620–632";
const EMERSON = "Emerson, K. et al., Journal of the Fisheries Research Board of Canada 32 (1975), 2379–2383";
const HOPKINS = "Hopkins, K. D., Journal of the World Aquaculture Society 23 (1992), 173–179";

export const aquaculture: Solution = {
  key: "aquaculture",
  name: "Aquaculture",
  version: 1,
  summary: "Ponds that keep their oxygen: aeration, feeding and exchange of water, by thresholds and by the clock.",
  isStandard: true,
  profiles: [aquaculturePondProfile],
  derivedMetrics: [
    {
      key: "oxygen_saturation",
      name: "Oxygen saturation",
      unit: "%",
      inputs: ["dissolved_oxygen", "temperature", "salinity"],
      source: BENSON_KRAUSE,
      derive: ({ dissolved_oxygen, temperature, salinity = 0 }) => {
        if (dissolved_oxygen === undefined) return undetermined("the dissolved oxygen is missing");
        if (temperature === undefined) return undetermined("the temperature is missing");
        return oxygenSaturationPercent(dissolved_oxygen, temperature, salinity);
      },
    },
    {
      key: "unionised_ammonia",
      name: "Un-ionised ammonia, as nitrogen",
      unit: "mg/L",
      inputs: ["ammonia", "ph", "temperature", "salinity"],
      source: EMERSON,
      derive: ({ ammonia = Number.NaN, ph = Number.NaN, temperature = Number.NaN, salinity = 0 }) =>
        unionisedAmmoniaMgPerLitre(ammonia, ph, temperature, salinity),
    },
  ],
  formulas: [
    {
      name: "oxygenSaturationPercent",
      summary: "Dissolved oxygen in percent of what would be in equilibrium with the air",
      source: BENSON_KRAUSE,
      evaluate: oxygenSaturationPercent,
    },
    {
      name: "unionisedAmmoniaMgPerLitre",
      summary: "What of the ammonia poisons fish",
      source: EMERSON,
      evaluate: unionisedAmmoniaMgPerLitre,
    },
    {
      name: "acuteAmmoniaMgPerLitre",
      summary: "The ammonia that a pond must not be above for an hour",
      source: "US EPA, Aquatic Life Ambient Water Quality Criteria for Ammonia – Freshwater 2013, EPA 822-R-13-001",
      evaluate: acuteAmmoniaMgPerLitre,
    },
    {
      name: "dawnOxygen",
      summary: "Oxygen at dawn from two readings of the evening",
      source: "Boyd, C. E. et al., Transactions of the American Fisheries Society 107 (1978), 484–492",
      evaluate: dawnOxygen,
    },
    {
      name: "volumesToFlowThrough",
      summary: "How much water to exchange until something has come down",
      source: "Conservation of mass in a mixed pond",
      evaluate: volumesToFlowThrough,
    },
    {
      name: "feedConversionRatio",
      summary: "Grams of feed for a gram of growth",
      source: HOPKINS,
      evaluate: feedConversionRatio,
    },
    {
      name: "specificGrowthRatePercentPerDay",
      summary: "Percent a day at which a mean weight grew",
      source: HOPKINS,
      evaluate: specificGrowthRatePercentPerDay,
    },
    {
      name: "survivalPercent",
      summary: "Fish that live, of those stocked",
      source: HOPKINS,
      evaluate: survivalPercent,
    },
  ],
  reports: [],
  assetKinds: [
    { kind: "pond", name: "Pond", profiles: [aquaculturePondProfile.key] },
    { kind: "pond-pair", name: "Pair of ponds", profiles: [] },
  ],
  assetEventKinds: ["feeding", "harvest", "lab-sample", "calibration", "note"],
  world: {
    sites: [
      {
        slug: "fish-farm",
        name: "Fish farm",
        timeZone: "Asia/Bangkok",
        latitude: 14.02,
        longitude: 100.53,
        assets: ["East", "West"].map((name, index) => ({
          kind: "pond",
          name: `${name} pond`,
          devices: [
            {
              uid: `pond-${index + 1}`,
              profile: aquaculturePondProfile.key,
              model: "aquaculture",
              parameters: { seed: index + 1 },
            },
          ],
        })),
      },
    ],
  },
  story: {
    title: "Oxygen falls at dawn",
    steps: [
      "All night the pond uses oxygen that nothing makes.",
      "Before dawn it falls below 4 mg/L: the aerator starts and people are told.",
      "The morning's feeding waits, because fish that digest need more.",
      "A person's stop wins over all of it, and everything is in the history.",
    ],
  },
};

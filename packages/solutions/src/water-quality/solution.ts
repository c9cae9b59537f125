import type { Solution } from "../solution.ts";
import { ccmeIndex } from "./ccme-index.ts";
import { conductivityAt25, onBasis } from "./chemical-basis.ts";
import { contaminationSigns } from "./contamination-signs.ts";
import { limitsBroken } from "./limits.ts";
import { nsfIndex } from "./nsf-index.ts";
import { waterQualityProfile } from "./profile.ts";
import { waterQualityReports } from "./reports.ts";

export const waterQuality: Solution = {
  key: "water-quality",
  name: "Water quality",
  version: 1,
  summary: "Stations by region and entity, held against the law, with indices and daily reports.",
  isStandard: true,
  profiles: [waterQualityProfile],
  derivedMetrics: [],
  formulas: [
    {
      name: "ccmeIndex",
      summary: "How water keeps its objectives, from 0 to 100",
      source: "CCME Water Quality Index 1.0, User's Manual (2001), unchanged in 2017",
      evaluate: ccmeIndex,
    },
    {
      name: "nsfIndex",
      summary: "The quality of a sample, from 0 to 100",
      source: "Brown, R. M. et al., Water and Sewage Works 117 (1970), 339–343; the weights as in Mitchell and Stapp",
      evaluate: nsfIndex,
    },
    {
      name: "limitsBroken",
      summary: "Which limits of an authority a value is beyond",
      source: "The limits of EPA, EU and WHO, each with its own source in the table",
      evaluate: limitsBroken,
    },
    {
      name: "contaminationSigns",
      summary: "Chlorine loss, intrusion or spill, by limits and by how fast readings change",
      source: "Thresholds of the table of signs, each with its reason",
      evaluate: contaminationSigns,
    },
    {
      name: "onBasis",
      summary: "A concentration as nitrogen or as the ion",
      source: "Molar masses: IUPAC standard atomic weights",
      evaluate: onBasis,
    },
    {
      name: "conductivityAt25",
      summary: "Conductivity at 25 °C from that at 20 °C",
      source: "The factor between the reference temperatures of the European and other limits",
      evaluate: conductivityAt25,
    },
  ],
  reports: waterQualityReports,
  assetKinds: [{ kind: "station", name: "Station", profiles: [waterQualityProfile.key] }],
  assetEventKinds: ["lab-sample", "calibration", "note"],
  world: {
    sites: [
      {
        slug: "upper-weir",
        name: "Upper weir",
        timeZone: "Europe/Berlin",
        latitude: 51.05,
        longitude: 13.74,
        assets: ["Inlet", "Outlet"].map((name, index) => ({
          kind: "station",
          name,
          devices: [
            {
              uid: `water-${index + 1}`,
              profile: waterQualityProfile.key,
              model: "water-quality",
              parameters: { seed: index + 1 },
            },
          ],
        })),
      },
    ],
  },
  story: {
    title: "Something enters the network",
    steps: [
      "Chlorine falls and turbidity rises at one station.",
      "The subscriber's alert comes within 300 ms, the mail within 5 s.",
      "The daily report names the hours and the limits that were broken.",
      "The laboratory's sample is written down beside them.",
    ],
  },
};

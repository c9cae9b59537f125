import type { Solution } from "../solution.ts";
import { meanKineticTemperatureCelsius } from "./mean-kinetic-temperature.ts";
import { coldRoomProfile } from "./profile.ts";
import { coldChainReport } from "./reports.ts";

export const coldChain: Solution = {
  key: "cold-chain",
  name: "Cold chain",
  version: 1,
  summary: "Rooms and refrigerators for medicines, watched between +2 and +8 °C.",
  isStandard: false,
  profiles: [coldRoomProfile],
  derivedMetrics: [],
  formulas: [
    {
      name: "meanKineticTemperatureCelsius",
      summary: "The one temperature that would have aged a product as much as its times did",
      source: "Haynes, J. D., Journal of Pharmaceutical Sciences 60 (1971), 927–929; ICH Q1A(R2); USP <1079.2>",
      evaluate: meanKineticTemperatureCelsius,
    },
  ],
  reports: [coldChainReport],
  assetKinds: [{ kind: "cold-room", name: "Cold room", profiles: [coldRoomProfile.key] }],
  assetEventKinds: ["calibration", "note"],
  world: {
    sites: [
      {
        slug: "pharmacy",
        name: "Pharmacy",
        timeZone: "Europe/Vienna",
        latitude: 48.21,
        longitude: 16.37,
        assets: [
          {
            kind: "cold-room",
            name: "Vaccines",
            devices: [
              {
                uid: "cold-1",
                profile: coldRoomProfile.key,
                model: "cold-chain",
                parameters: { seed: 1, setPointCelsius: 5, doorOpeningsPerDay: 24 },
              },
            ],
          },
        ],
      },
    ],
  },
  story: {
    title: "A door that was not shut",
    steps: [
      "After a delivery the door stays open: five minutes later people are told.",
      "The room warms past 8 °C. Half an hour later the sounder calls, and the alert is critical.",
      "Somebody shuts the door; the room is back at 5 °C.",
      "The day's report shows the excursion, and the mean kinetic temperature what it did to the goods.",
    ],
  },
};

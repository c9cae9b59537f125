import { aquaculture } from "./aquaculture/solution.ts";
import { coldChain } from "./cold-chain/solution.ts";
import { homeEnergy } from "./home-energy/solution.ts";
import { irrigation } from "./irrigation/solution.ts";
import type { Solution } from "./solution.ts";
import { waterQuality } from "./water-quality/solution.ts";
import { weatherStation } from "./weather-station/solution.ts";

/** Every solution that there is, in the order in which they are listed. */
export const solutions: readonly Solution[] = [
  irrigation,
  aquaculture,
  homeEnergy,
  waterQuality,
  weatherStation,
  coldChain,
];

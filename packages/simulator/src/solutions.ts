import { pondMembers } from "./aquaculture/pond-members.ts";
import { coldRoomMembers } from "./cold-chain/cold-room-members.ts";
import { homeMembers } from "./home-energy/home-members.ts";
import { zoneMembers } from "./irrigation/zone-members.ts";
import type { MembersOf } from "./simulated-member.ts";
import { waterStationMembers } from "./water-quality/water-station-members.ts";
import { weatherStationMembers } from "./weather-station/weather-station-members.ts";

/** Every solution that can be simulated. */
export const SIMULATED_SOLUTIONS = {
  irrigation: zoneMembers,
  aquaculture: pondMembers,
  "weather-station": weatherStationMembers,
  "home-energy": homeMembers,
  "water-quality": waterStationMembers,
  "cold-chain": coldRoomMembers,
} as const satisfies Record<string, MembersOf>;

export type SimulatedSolutionName = keyof typeof SIMULATED_SOLUTIONS;

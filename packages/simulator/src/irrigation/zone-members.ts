import { existsSync, readFileSync } from "node:fs";
import { irrigationZoneProfile } from "@sluice/solutions/irrigation/profile.ts";
import { replaceFile } from "../durable-file.ts";
import { localHour } from "../place.ts";
import { memberSeed, seededRandom } from "../random.ts";
import { memberUid, type SimulatedMember, type WorldOptions } from "../simulated-member.ts";
import { IrrigationModel } from "./irrigation-model.ts";
import type { ZoneState } from "./irrigation-zone.ts";
import { DEFAULT_PUMP_LIMITS, PUMP, zoneStatePath } from "./simulated-device.ts";

/** No two zones are alike: each has its own soil moisture to begin with, and its own thirst. */
export function zoneMembers(options: WorldOptions): readonly SimulatedMember[] {
  return Array.from({ length: options.devices }, (_, index) => {
    const uid = memberUid(options, index);
    const statePath = zoneStatePath(options.stateDirectory, uid);
    const model = zoneModel(options, index, options.isHistory ? undefined : readZoneState(statePath));
    return {
      uid,
      profile: irrigationZoneProfile.key,
      model,
      limits: { [PUMP]: DEFAULT_PUMP_LIMITS },
      save: () => replaceFile(statePath, JSON.stringify(model.state)),
    };
  });
}

function zoneModel(options: WorldOptions, index: number, state: ZoneState | undefined): IrrigationModel {
  const { clock, place, isHistory, speedFactor } = options;
  const seed = memberSeed(options.seed, index);
  const random = seededRandom(seed);
  const startPercent = 10.5 + 4 * random();
  const evapotranspirationMmPerDay = 4 + 4 * random();
  const morningHour = 6 + 6 * random();
  const startHour = isHistory ? localHour(clock.nowMicros(), place) : morningHour;
  const zone = { startPercent, evapotranspirationMmPerDay, startHour };
  return new IrrigationModel(clock, { seed, speedFactor, zone, state });
}

export function readZoneState(filePath: string): ZoneState | undefined {
  return existsSync(filePath) ? (JSON.parse(readFileSync(filePath, "utf8")) as ZoneState) : undefined;
}

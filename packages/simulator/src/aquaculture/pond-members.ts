import { existsSync, readFileSync } from "node:fs";
import { aquaculturePondProfile } from "@sluice/solutions/aquaculture/profile.ts";
import { replaceFile } from "../durable-file.ts";
import { localHour } from "../place.ts";
import { memberSeed, seededRandom } from "../random.ts";
import { memberUid, type SimulatedMember, type WorldOptions } from "../simulated-member.ts";
import type { PondState } from "./pond.ts";
import { pondLimits, pondStatePath } from "./pond-device.ts";
import { PondModel } from "./pond-model.ts";

/** No two ponds are alike: each has its own stock of fish, and its own green of the water. */
export function pondMembers(options: WorldOptions): readonly SimulatedMember[] {
  return Array.from({ length: options.devices }, (_, index) => {
    const uid = memberUid(options, index);
    const statePath = pondStatePath(options.stateDirectory, uid);
    const model = pondModel(options, index, options.isHistory ? undefined : readPondState(statePath));
    return {
      uid,
      profile: aquaculturePondProfile.key,
      model,
      limits: pondLimits(),
      save: () => replaceFile(statePath, JSON.stringify(model.water.state)),
    };
  });
}

function pondModel(options: WorldOptions, index: number, state: PondState | undefined): PondModel {
  const { clock, place, speedFactor } = options;
  const seed = memberSeed(options.seed, index);
  const random = seededRandom(seed);
  const pond = {
    fishKg: 400 + 500 * random(),
    photosynthesisMgPerLitreHour: 1.2 + random(),
    respirationMgPerLitreHour: 0.25 + 0.25 * random(),
    startOxygenMgPerLitre: 5 + 2 * random(),
    startHour: localHour(clock.nowMicros(), place),
  };
  return new PondModel(clock, { seed, speedFactor, pond, state });
}

function readPondState(filePath: string): PondState | undefined {
  return existsSync(filePath) ? (JSON.parse(readFileSync(filePath, "utf8")) as PondState) : undefined;
}

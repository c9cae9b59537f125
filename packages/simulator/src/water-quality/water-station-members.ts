import { waterQualityProfile } from "@sluice/solutions/water-quality/profile.ts";
import { type DeviceModel, WITHOUT_OUTPUTS } from "../device-model.ts";
import { memberSeed, normal, type Random, seededRandom } from "../random.ts";
import { memberUid, type SimulatedMember, type WorldOptions } from "../simulated-member.ts";
import { WorldTime } from "../world-time.ts";
import { Water, type WaterParameters, type WaterSample } from "./water.ts";

/** Of one reading: a share of the value, and at least so much in its unit. */
const NOISE: Readonly<Record<keyof WaterSample, readonly [share: number, least: number]>> = {
  ph: [0, 0.01],
  turbidity: [0.03, 0.01],
  dissolved_oxygen: [0.005, 0.02],
  temperature: [0, 0.05],
  conductivity: [0.003, 1],
  chlorine: [0.01, 0.01],
  nitrate: [0.02, 0.1],
  phosphate: [0.03, 0.01],
  lead: [0.05, 0.05],
  copper: [0.03, 0.001],
  iron: [0.03, 1],
  arsenic: [0.05, 0.05],
};
/** Apart from the water's own seeds. */
const PROBES = 0x77617465;

/** No two stations are alike: each has its own water. */
export function waterStationMembers(options: WorldOptions): readonly SimulatedMember[] {
  return Array.from({ length: options.devices }, (_, index) => ({
    uid: memberUid(options, index),
    profile: waterQualityProfile.key,
    model: waterStation(options, memberUid(options, index), memberSeed(options.seed, index)),
  }));
}

function waterStation(options: WorldOptions, uid: string, seed: number): DeviceModel {
  const { clock, speedFactor, writeLabel } = options;
  const startMicros = clock.nowMicros();
  const time = new WorldTime(startMicros, speedFactor);
  const water = new Water(seed, waterParameters(options, seededRandom(seed)), startMicros, (ended) => {
    const [from, to] = [time.readingMicros(ended.startMicros), time.readingMicros(ended.endMicros)];
    writeLabel({ device: uid, kind: ended.kind, startMicros: from, endMicros: to });
  });
  const random = seededRandom(memberSeed(seed, PROBES));
  return {
    ...WITHOUT_OUTPUTS,
    read(timeMicros) {
      water.advance(time.passTo(timeMicros));
      const { sample } = water;
      return waterQualityProfile.metrics.map(({ key, minimum, maximum, precision }) => {
        const noisy = probed(key, sample[key], random);
        return [key, Number(Math.min(maximum, Math.max(minimum, noisy)).toFixed(precision))];
      });
    },
  };
}

function probed(key: keyof WaterSample, value: number, random: Random): number {
  const [share, least] = NOISE[key];
  return value + Math.max(share * Math.abs(value), least) * normal(random);
}

function waterParameters({ place, contaminationsPerDay }: WorldOptions, random: Random): WaterParameters {
  return {
    place,
    contaminationsPerDay,
    doseMgPerLitre: 0.7 + 0.3 * random(),
    decayPerHour: 0.02 + 0.03 * random(),
    meanCelsius: 11 + 3 * random(),
    seasonCelsius: 3 + 3 * random(),
    ph: 7.3 + 0.6 * random(),
    conductivity: 350 + 250 * random(),
    turbidity: 0.15 + 0.25 * random(),
    nitrate: 3 + 15 * random(),
  };
}

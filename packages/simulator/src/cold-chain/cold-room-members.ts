import { coldRoomProfile } from "@sluice/solutions/cold-chain/profile.ts";
import type { DeviceModel } from "../device-model.ts";
import { memberSeed, normal, seededRandom } from "../random.ts";
import { memberUid, type SimulatedMember, type WorldOptions } from "../simulated-member.ts";
import { WorldTime } from "../world-time.ts";
import { ColdRoom } from "./cold-room.ts";

const NOISE = { celsius: 0.05, percent: 0.5 };
/** Apart from the room's own seeds. */
const PROBES = 0x636f6c64;

/** No two rooms are alike: each is set and used in its own way. */
export function coldRoomMembers(options: WorldOptions): readonly SimulatedMember[] {
  const limits = Object.fromEntries(coldRoomProfile.actuators.map(({ key, kind: _, ...envelope }) => [key, envelope]));
  return Array.from({ length: options.devices }, (_, index) => ({
    uid: memberUid(options, index),
    profile: coldRoomProfile.key,
    model: coldRoom(options, memberSeed(options.seed, index)),
    limits,
  }));
}

function coldRoom({ clock, speedFactor }: WorldOptions, seed: number): DeviceModel {
  const startMicros = clock.nowMicros();
  const random = seededRandom(seed);
  const parameters = { setPointCelsius: 4.5 + random(), doorOpeningsPerDay: 10 + 30 * random() };
  const room = new ColdRoom(random, parameters, startMicros);
  const time = new WorldTime(startMicros, speedFactor);
  const probes = seededRandom(memberSeed(seed, PROBES));
  return {
    // The sounder is for ears, and changes nothing in the room.
    setOutput: () => {},
    metered: () => 0,
    read(timeMicros) {
      room.advance(time.passTo(timeMicros));
      const celsius = room.temperatureCelsius + NOISE.celsius * normal(probes);
      const percent = room.humidityPercent + NOISE.percent * normal(probes);
      return [
        ["temperature", Number(celsius.toFixed(1))],
        ["humidity", Number(Math.min(100, Math.max(0, percent)).toFixed(0))],
        ["door", room.isDoorOpen ? 1 : 0],
      ];
    },
  };
}

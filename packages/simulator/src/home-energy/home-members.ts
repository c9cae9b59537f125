import type { DeviceLimits } from "@sluice/core/commands/messages.ts";
import {
  applianceProfile,
  batteryProfile,
  evProfile,
  gridMeterProfile,
  solarPanelProfile,
} from "@sluice/solutions/home-energy/profiles.ts";
import type { Clock } from "../clock.ts";
import type { DeviceModel } from "../device-model.ts";
import { profileLimits } from "../profile-limits.ts";
import { memberSeed, type Random, seededRandom } from "../random.ts";
import type { OutgoingValue } from "../senders/outgoing-reading.ts";
import { memberUid, type SimulatedMember, type WorldOptions } from "../simulated-member.ts";
import { WorldTime } from "../world-time.ts";
import { Home, type HomeOutput, type HomeParameters } from "./home.ts";
import type { StorageParameters } from "./storage.ts";

/** The part that one device has in its home. */
interface HomePart {
  readonly name: string;
  readonly profile: string;
  readonly output?: HomeOutput;
  readonly limits?: Readonly<Record<string, DeviceLimits>>;
  readonly properties: (parameters: HomeParameters) => Readonly<Record<string, number>>;
  readonly values: (home: Home) => readonly OutgoingValue[];
}

const counted = (key: string, wattHours: number): OutgoingValue => [key, Math.floor(wattHours)];
const percent = (home: Home, of: "battery" | "car"): OutgoingValue => [
  "charge",
  Number(home[of].chargePercent.toFixed(1)),
];
const storageProperties = ({ capacityWattHours, maxChargeWatts, maxDischargeWatts }: StorageParameters) => ({
  capacityWattHours,
  maxChargeWatts,
  maxDischargeWatts,
});

const PARTS: readonly HomePart[] = [
  {
    name: "solar",
    profile: solarPanelProfile.key,
    properties: ({ solarRatedWatts, tiltDegrees, azimuthDegrees }) => ({
      ratedPowerWatts: solarRatedWatts,
      tiltDegrees,
      azimuthDegrees,
    }),
    values: ({ powers, counters }) => [["power", powers.solar], counted("energy_produced", counters.produced)],
  },
  {
    name: "battery",
    profile: batteryProfile.key,
    output: "battery",
    limits: profileLimits(batteryProfile.actuators),
    properties: ({ battery }) => storageProperties(battery),
    values: (home) => [
      ["power", home.powers.battery],
      percent(home, "battery"),
      counted("energy_charged", home.counters.batteryCharged),
      counted("energy_discharged", home.counters.batteryDischarged),
      ["state", home.batteryState],
    ],
  },
  {
    name: "car",
    profile: evProfile.key,
    output: "car",
    limits: profileLimits(evProfile.actuators),
    properties: ({ car }) => storageProperties(car),
    values: (home) => [
      ["power", home.powers.car],
      percent(home, "car"),
      counted("energy_charged", home.counters.carCharged),
      counted("energy_discharged", 0),
      ["state", home.carState],
    ],
  },
  {
    name: "house",
    profile: applianceProfile.key,
    output: "heater",
    limits: profileLimits(applianceProfile.actuators),
    properties: ({ heaterWatts }) => ({ ratedPowerWatts: heaterWatts }),
    values: ({ powers, counters }) => [["power", powers.house], counted("energy_consumed", counters.consumed)],
  },
  {
    name: "grid",
    profile: gridMeterProfile.key,
    properties: () => ({ maxImportWatts: 25_000 }),
    values: ({ powers, counters }) => [
      ["power", powers.grid],
      counted("energy_imported", counters.imported),
      counted("energy_exported", counters.exported),
    ],
  },
];

/** Devices of one home, in the order in which they are numbered. */
export const DEVICES_PER_HOME = PARTS.length;

/** Homes of five devices each: panels, battery, car, house, grid meter. The last home may be without its last devices. */
export function homeMembers(options: WorldOptions): readonly SimulatedMember[] {
  const members: SimulatedMember[] = [];
  for (let home = 0; home * DEVICES_PER_HOME < options.devices; home++) {
    const shared = new SharedHome(options, memberSeed(options.seed, home));
    for (const part of PARTS.slice(0, options.devices - home * DEVICES_PER_HOME)) {
      members.push(memberOf(options, members.length, home + 1, part, shared));
    }
  }
  return members;
}

function memberOf(
  options: WorldOptions,
  index: number,
  homeNumber: number,
  part: HomePart,
  shared: SharedHome,
): SimulatedMember {
  const { profile, limits, properties } = part;
  return {
    uid: memberUid(options, index),
    profile,
    properties: { home: homeNumber, ...properties(shared.parameters) },
    model: new HomeDevice(part, shared),
    ...(limits === undefined ? {} : { limits }),
  };
}

/** One home, and the time that its devices carry along together. */
class SharedHome {
  readonly parameters: HomeParameters;
  private readonly home: Home;
  private readonly time: WorldTime;
  private readonly clock: Clock;

  constructor(options: WorldOptions, seed: number) {
    const startMicros = options.clock.nowMicros();
    this.clock = options.clock;
    this.parameters = homeParameters(options, seededRandom(seed));
    this.home = new Home(seed, this.parameters, startMicros);
    this.time = new WorldTime(startMicros, options.speedFactor);
  }

  at(timeMicros: number): Home {
    this.home.advance(this.time.passTo(timeMicros));
    return this.home;
  }

  get now(): Home {
    return this.at(this.clock.nowMicros());
  }
}

class HomeDevice implements DeviceModel {
  private readonly part: HomePart;
  private readonly shared: SharedHome;

  constructor(part: HomePart, shared: SharedHome) {
    this.part = part;
    this.shared = shared;
  }

  read(timeMicros: number): readonly OutgoingValue[] {
    return this.part.values(this.shared.at(timeMicros));
  }

  setOutput(actuator: string, isOn: boolean): void {
    const { output, name } = this.part;
    if (output === undefined) throw new Error(`${name} has no output ${actuator}`);
    this.shared.now.setOutput(output, isOn);
  }

  metered(): number {
    return 0;
  }
}

/** No two homes are alike. */
function homeParameters({ place, solar }: WorldOptions, random: Random): HomeParameters {
  const between = (least: number, most: number, step: number) =>
    Math.round((least + (most - least) * random()) / step) * step;
  return {
    place,
    solar,
    solarRatedWatts: between(3_000, 10_000, 100),
    tiltDegrees: between(15, 45, 5),
    azimuthDegrees: (between(135, 225, 5) + (place.latitude < 0 ? 180 : 0)) % 360,
    battery: {
      capacityWattHours: between(5_000, 15_000, 500),
      maxChargeWatts: between(2_500, 5_000, 100),
      maxDischargeWatts: between(2_500, 5_000, 100),
      efficiency: 0.95,
      leastShare: 0.1,
      mostShare: 1,
      startShare: 0.3 + 0.4 * random(),
    },
    car: {
      capacityWattHours: between(40_000, 80_000, 1_000),
      maxChargeWatts: between(3_700, 11_000, 100),
      maxDischargeWatts: 0,
      efficiency: 0.9,
      leastShare: 0,
      mostShare: 1,
      startShare: 0.4 + 0.4 * random(),
    },
    heaterWatts: between(1_500, 3_000, 100),
    commuteWattHours: between(5_000, 14_000, 500),
  };
}

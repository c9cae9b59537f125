import type { DeviceLimits } from "@sluice/core/commands/messages.ts";
import type { Clock } from "./clock.ts";
import type { DeviceModel } from "./device-model.ts";
import type { WriteLabel } from "./label-log.ts";
import type { WorldPlace } from "./place.ts";

/** One device of a simulated solution, before it is linked to any server. */
export interface SimulatedMember {
  readonly uid: string;
  readonly profile: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly model: DeviceModel;
  /** Of what it switches, by key; a device without only measures. */
  readonly limits?: Readonly<Record<string, DeviceLimits>>;
  /** Keeps what a restart needs to go on where the world was. */
  readonly save?: () => void;
}

/** How a solution's world begins: the same options give the same world. */
export interface WorldOptions {
  readonly devices: number;
  readonly seed: number;
  /** How many times faster than the readings' clock the world lives. */
  readonly speedFactor: number;
  /** Uids are this and a number. */
  readonly uidPrefix: string;
  readonly place: WorldPlace;
  /** Of the readings; while history is made up it shows the past. */
  readonly clock: Clock;
  /** True when the world begins in the past: it has no former run to go on from. */
  readonly isHistory: boolean;
  readonly stateDirectory: string;
  readonly solar: SolarModel;
  readonly contaminationsPerDay: number;
  readonly writeLabel: WriteLabel;
}

/** How panels are simulated: by the documented formula of the clock's hour, or by the clear sky of place and date. */
export type SolarModel = "formula" | "clear-sky";

export type MembersOf = (options: WorldOptions) => readonly SimulatedMember[];

export function memberUid({ uidPrefix }: WorldOptions, index: number): string {
  return `${uidPrefix}${index + 1}`;
}

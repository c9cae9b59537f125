import path from "node:path";
import type { DeviceLimits } from "@sluice/core/commands/messages.ts";
import { aquaculturePondProfile } from "@sluice/solutions/aquaculture/profile.ts";
import { replaceFile } from "../durable-file.ts";
import { fileName, GatedDevice, type GatedDeviceOptions } from "../gated-device.ts";
import { profileLimits } from "../profile-limits.ts";
import type { PondModel } from "./pond-model.ts";

export interface PondDeviceOptions extends Omit<GatedDeviceOptions, "model" | "actuators"> {
  readonly model: PondModel;
  /** By key; those of the profile when absent. */
  readonly limits?: Readonly<Record<string, DeviceLimits>>;
}

/** The controller of one pond: aerator, feeder and valves behind one gate. Its pond survives a restart in a file. */
export class PondDevice extends GatedDevice {
  private readonly pond: PondModel;
  private readonly statePath: string;

  constructor({ limits = pondLimits(), ...device }: PondDeviceOptions) {
    super({ ...device, actuators: limits });
    this.pond = device.model;
    this.statePath = pondStatePath(device.stateDirectory, this.uid);
  }

  override async stop(): Promise<void> {
    await super.stop();
    replaceFile(this.statePath, JSON.stringify(this.pond.water.state));
  }
}

/** The profile's own limits, as far as they are a device's. */
export function pondLimits(): Readonly<Record<string, DeviceLimits>> {
  return profileLimits(aquaculturePondProfile.actuators);
}

export function pondStatePath(stateDirectory: string, uid: string): string {
  return path.join(stateDirectory, `${fileName(uid)}.pond.json`);
}

import type { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import type { DeviceDirectory, ProfileEntry } from "../devices/index.ts";

/** The profile of each device, by number: a device keeps its profile for ever, because stored readings are read by it. */
export class DeviceProfiles {
  private readonly directory: Pick<DeviceDirectory, "cachedDeviceById" | "resolveIds">;
  /** Device number → profile number; 0 where it is not known. */
  private profileIds = new Int32Array(1024);
  private readonly profiles = new Map<number, ProfileEntry>();

  constructor(directory: Pick<DeviceDirectory, "cachedDeviceById" | "resolveIds">) {
    this.directory = directory;
  }

  /** Learns the profiles of a batch's devices, also of those that the directory has let go of meanwhile. */
  async resolve(batch: MessageBatch): Promise<void> {
    const missing = new Set<number>();
    for (let i = 0; i < batch.length; i++) {
      const id = batch.deviceIds[i]!;
      if (this.profileIds[id] === undefined || this.profileIds[id] === 0) {
        const device = this.directory.cachedDeviceById(id);
        if (device === undefined) missing.add(id);
        else this.remember(id, device.profile);
      }
    }
    if (missing.size === 0) return;
    for (const [id, device] of await this.directory.resolveIds([...missing])) this.remember(id, device.profile);
  }

  /** The limits of its metrics. Throws a `RangeError` for a device that is not registered. */
  readonly limitsOf = (deviceId: number) => this.profiles.get(this.profileOf(deviceId))!.validity;

  /** Throws a `RangeError` for a device that is not registered. */
  readonly profileOf = (deviceId: number): number => {
    const profileId = this.profileIds[deviceId];
    if (profileId === undefined || profileId === 0) throw new RangeError(`device ${deviceId} is not registered`);
    return profileId;
  };

  private remember(deviceId: number, profile: ProfileEntry): void {
    if (deviceId >= this.profileIds.length) {
      const longer = new Int32Array(Math.max(deviceId + 1, this.profileIds.length * 2));
      longer.set(this.profileIds);
      this.profileIds = longer;
    }
    this.profileIds[deviceId] = profile.id;
    this.profiles.set(profile.id, profile);
  }
}

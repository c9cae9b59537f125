import { MAX_METRICS_PER_PROFILE } from "@sluice/core/telemetry/limits.ts";
import { DEVICE_FOREIGN, DEVICE_INACTIVE, DEVICE_UNKNOWN, type Fault } from "@sluice/protocol/readings/faults.ts";
import {
  type DeviceResolver,
  type DeviceTarget,
  METRIC_PENDING,
  METRIC_TO_EXTRAS,
} from "@sluice/protocol/readings/resolver.ts";
import { uidFault } from "@sluice/protocol/readings/text.ts";
import type { DeviceDirectory, DeviceEntry, ProfileEntry, Sender } from "../devices/index.ts";

/** Devices first, then the metrics of those: a third pass finds everything. */
export const MAX_DECODE_PASSES = 3;

/**
 * Finds the devices and metrics of one request:
 *
 *   decode → (nothing missing: done) → settle → decode again → settle → decode
 *
 * so that a request whose devices and metrics are known, as nearly all are, never waits.
 */
export class Resolution implements DeviceResolver {
  private readonly directory: DeviceDirectory;
  private readonly sender: Sender;
  /** Whether a device that sends may speak for others of its organization, and bring new ones. */
  private readonly isGateway: boolean;
  private missing: Set<string> | undefined;
  private wanted: Map<number, Set<string>> | undefined;
  private readonly found = new Map<string, DeviceEntry>();
  private readonly unknown = new Set<string>();
  /** Profile and key, of keys that were asked for: those that still have no number go to extras. */
  private readonly asked = new Set<string>();

  constructor(directory: DeviceDirectory, sender: Sender, isGateway = false) {
    this.directory = directory;
    this.sender = sender;
    this.isGateway = isGateway;
  }

  /** The device that sends, as the registry knows it now; undefined for API clients. */
  get ownDevice(): DeviceEntry | undefined {
    if (this.sender.kind === "client") return undefined;
    return this.directory.cachedDeviceById(this.sender.device.id) ?? this.sender.device;
  }

  device(uid: string): DeviceEntry | Fault | undefined {
    if (this.sender.kind === "device" && !this.isGateway) {
      return uid === this.sender.device.uid ? activeOrFault(this.ownDevice!) : DEVICE_FOREIGN;
    }
    const known = this.directory.cachedDevice(this.organizationId, uid) ?? this.found.get(uid);
    if (known !== undefined) return this.mayNotSpeakFor(known) ? DEVICE_FOREIGN : activeOrFault(known);
    const fault = uidFault(uid) ?? (this.unknown.has(uid) ? DEVICE_UNKNOWN : undefined);
    if (fault !== undefined) return fault;
    this.missing ??= new Set();
    this.missing.add(uid);
    return undefined;
  }

  metricNumber(device: DeviceTarget, key: string): number {
    const { id, metricNumbers } = device.profile;
    const number = metricNumbers.get(key);
    if (number !== undefined) return number;
    if (metricNumbers.size >= MAX_METRICS_PER_PROFILE) return METRIC_TO_EXTRAS;
    return this.asked.has(askedKey(id, key)) ? METRIC_TO_EXTRAS : METRIC_PENDING;
  }

  requestMetrics(device: DeviceTarget, keys: readonly string[]): void {
    this.wanted ??= new Map();
    let wanted = this.wanted.get(device.id);
    if (wanted === undefined) {
      wanted = new Set();
      this.wanted.set(device.id, wanted);
    }
    for (const key of keys) wanted.add(key);
  }

  /** Looks up what is missing. Afterwards it is known, or known not to be. */
  async settle(): Promise<void> {
    const { missing, wanted } = this;
    this.missing = undefined;
    this.wanted = undefined;
    if (missing !== undefined) await this.findDevices([...missing]);
    if (wanted !== undefined) await this.allocate(wanted);
  }

  private get organizationId(): number {
    return this.sender.kind === "device" ? this.sender.device.organizationId : this.sender.organizationId;
  }

  /** A gateway speaks for itself and for the devices that belong to it, which those that it brings do. */
  private mayNotSpeakFor({ id, gatewayId }: DeviceEntry): boolean {
    return this.sender.kind === "device" && id !== this.sender.device.id && gatewayId !== this.sender.device.id;
  }

  private get mayProvision(): boolean {
    return this.isGateway || (this.sender.kind === "client" && this.sender.scopes.has("devices:provision"));
  }

  private async findDevices(uids: readonly string[]): Promise<void> {
    this.keep(await this.directory.resolve(this.organizationId, uids));
    const absent = uids.filter((uid) => !this.found.has(uid));
    if (absent.length > 0 && this.mayProvision) {
      const gatewayId = this.sender.kind === "device" ? this.sender.device.id : undefined;
      this.keep(await this.directory.provision(this.organizationId, absent, gatewayId));
    }
    for (const uid of absent) {
      if (!this.found.has(uid)) this.unknown.add(uid);
    }
  }

  private keep(devices: ReadonlyMap<string, DeviceEntry>): void {
    for (const [uid, device] of devices) this.found.set(uid, device);
  }

  private async allocate(wanted: ReadonlyMap<number, ReadonlySet<string>>): Promise<void> {
    const devices = await this.directory.resolveIds([...wanted.keys()]);
    const keysOfProfiles = new Map<ProfileEntry, Set<string>>();
    for (const [deviceId, keys] of wanted) {
      const profile = devices.get(deviceId)?.profile;
      if (profile === undefined) continue;
      const wantedOfProfile = keysOfProfiles.get(profile) ?? new Set();
      keysOfProfiles.set(profile, wantedOfProfile);
      for (const key of keys) wantedOfProfile.add(key);
    }
    for (const [profile, keys] of keysOfProfiles) {
      await this.directory.allocateMetrics(profile, [...keys]);
      for (const key of keys) this.asked.add(askedKey(profile.id, key));
    }
  }
}

function activeOrFault(device: DeviceEntry): DeviceEntry | Fault {
  return device.active ? device : DEVICE_INACTIVE;
}

function askedKey(profileId: number, key: string): string {
  return `${profileId} ${key}`;
}

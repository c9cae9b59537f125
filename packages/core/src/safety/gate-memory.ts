import type { DeviceConfigMessage, DeviceLimits } from "../commands/messages.ts";
import type { GatePorts } from "./gate-ports.ts";
import { type ActuatorRecord, cooldownAt, type GateRecord, NEW_ACTUATOR } from "./gate-record.ts";

/** The gate's record in memory and on disk, and how far each cooldown has come. */
export class GateMemory {
  private readonly ports: GatePorts;
  private readonly isRunning: (actuator: string) => boolean;
  private record: GateRecord | undefined;

  constructor(ports: GatePorts, isRunning: (actuator: string) => boolean) {
    this.ports = ports;
    this.isRunning = isRunning;
  }

  /** Cooldowns are counted on from `monoMs` of this boot. Throws what the storage throws. */
  load(keys: readonly string[], monoMs: number): void {
    const loaded = this.ports.storage.load();
    const actuators: Record<string, ActuatorRecord> = {};
    for (const key of keys) {
      const actuator = { ...NEW_ACTUATOR, ...loaded?.actuators[key] };
      const { cooldown } = actuator;
      actuators[key] = cooldown ? { ...actuator, cooldown: { ...cooldown, asOfMonoMs: monoMs } } : actuator;
    }
    this.record = { config: loaded?.config, actuators };
  }

  unload(): void {
    this.record = undefined;
  }

  get configVersion(): number {
    return this.loaded().config?.version ?? 0;
  }

  configuredLimits(key: string): DeviceLimits | undefined {
    return this.loaded().config?.actuators[key];
  }

  knows(key: string): boolean {
    return this.record !== undefined && Object.hasOwn(this.record.actuators, key);
  }

  actuator(key: string): ActuatorRecord {
    return this.loaded().actuators[key]!;
  }

  actuators(): readonly (readonly [string, ActuatorRecord])[] {
    return Object.entries(this.loaded().actuators);
  }

  /** Changes memory alone; the next save takes it along. */
  keep(key: string, actuator: ActuatorRecord): void {
    const record = this.loaded();
    this.record = { ...record, actuators: { ...record.actuators, [key]: actuator } };
  }

  /** True once the change is durable; false, and told as a fault, when it is not: then memory does not have it either. */
  save(key: string, actuator: ActuatorRecord): boolean {
    const record = this.loaded();
    return this.write({ ...record, actuators: { ...record.actuators, [key]: actuator } });
  }

  saveConfig(config: DeviceConfigMessage): boolean {
    return this.write({ ...this.loaded(), config });
  }

  /** How much of the pause since its last run has been seen; nothing while it is on, undefined if it has never run. */
  cooldownElapsedMs(key: string): number | undefined {
    const { cooldown } = this.actuator(key);
    if (cooldown === undefined) return undefined;
    return this.isRunning(key) ? 0 : cooldownAt(cooldown, this.ports.clock.monotonicMs()).elapsedMs;
  }

  cooldownRemainingMs(key: string): number {
    const { cooldown } = this.actuator(key);
    return cooldown === undefined ? 0 : cooldown.requiredMs - (this.cooldownElapsedMs(key) ?? 0);
  }

  restartCooldown(key: string, monoMs: number): void {
    const actuator = this.actuator(key);
    if (actuator.cooldown === undefined) return;
    this.keep(key, { ...actuator, cooldown: { ...actuator.cooldown, elapsedMs: 0, asOfMonoMs: monoMs } });
  }

  private write(record: GateRecord): boolean {
    const next = { ...record, actuators: this.withCooldownsAsOfNow(record.actuators) };
    try {
      this.ports.storage.save(next);
    } catch (error) {
      this.ports.fault("storage", error);
      return false;
    }
    this.record = next;
    return true;
  }

  private withCooldownsAsOfNow(actuators: GateRecord["actuators"]): GateRecord["actuators"] {
    const monoMs = this.ports.clock.monotonicMs();
    const entries = Object.entries(actuators).map(([key, actuator]) => {
      const { cooldown } = actuator;
      if (cooldown === undefined || this.isRunning(key)) return [key, actuator] as const;
      return [key, { ...actuator, cooldown: cooldownAt(cooldown, monoMs) }] as const;
    });
    return Object.fromEntries(entries);
  }

  private loaded(): GateRecord {
    if (this.record === undefined) throw new Error("the gate has not started");
    return this.record;
  }
}

import type { DeviceConfigMessage, DeviceLimits } from "../commands/messages.ts";
import type { GatePorts } from "./gate-ports.ts";
import { type ActuatorRecord, cooldownAt, type GateRecord, NEW_ACTUATOR } from "./gate-record.ts";

/** The gate's record in memory and on disk, and how far each cooldown has come. */
export class GateMemory {
  private readonly ports: GatePorts;
  private record: GateRecord | undefined;
  private newKeys: ReadonlySet<string> = new Set();

  constructor(ports: GatePorts) {
    this.ports = ports;
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
    this.newKeys = new Set(keys.filter((key) => loaded?.actuators[key] === undefined));
  }

  unload(): void {
    this.record = undefined;
  }

  get isLoaded(): boolean {
    return this.record !== undefined;
  }

  /** Whether this boot is the first that knows of the actuator. */
  isNew(key: string): boolean {
    return this.newKeys.has(key);
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

  /**
   * How much of the pause since it was last off has been seen; undefined if it was never on. It means nothing while it is on:
   * its OFF begins the pause anew, and so does the boot after a power cut.
   */
  cooldownElapsedMs(key: string): number | undefined {
    const { cooldown } = this.actuator(key);
    return cooldown && cooldownAt(cooldown, this.ports.clock.monotonicMs()).elapsedMs;
  }

  /** What is left of the last run's pause, or of a longer one of `leastMs`. */
  cooldownRemainingMs(key: string, leastMs: number): number {
    const { cooldown } = this.actuator(key);
    if (cooldown === undefined) return 0;
    return Math.max(cooldown.requiredMs, leastMs) - (this.cooldownElapsedMs(key) ?? 0);
  }

  /** The output goes on, and owes this pause; whatever it owed before has passed. */
  owePause(key: string, requiredMs: number): void {
    const cooldown = { requiredMs, elapsedMs: 0, asOfMonoMs: this.ports.clock.monotonicMs() };
    this.keep(key, { ...this.actuator(key), cooldown });
  }

  /** The output is off from `monoMs` on, for at least `leastMs`. */
  restartCooldown(key: string, monoMs: number, leastMs: number): void {
    const actuator = this.actuator(key);
    const requiredMs = Math.max(actuator.cooldown?.requiredMs ?? 0, leastMs);
    this.keep(key, { ...actuator, cooldown: { requiredMs, elapsedMs: 0, asOfMonoMs: monoMs } });
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
      if (cooldown === undefined) return [key, actuator] as const;
      return [key, { ...actuator, cooldown: cooldownAt(cooldown, monoMs) }] as const;
    });
    return Object.fromEntries(entries);
  }

  private loaded(): GateRecord {
    if (this.record === undefined) throw new Error("the gate has not started");
    return this.record;
  }
}

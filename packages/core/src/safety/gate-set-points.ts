import type { GateMemory } from "./gate-memory.ts";
import type { GatePorts } from "./gate-ports.ts";
import type { SetPoint } from "./gate-record.ts";

/**
 * Keeps the driver at the set-points of the record. The driver takes a new one before the record does: a crash between leaves
 * the old one, of which nothing was said, and which the next boot restores.
 */
export class GateSetPoints {
  private readonly ports: GatePorts;
  private readonly memory: GateMemory;
  /** Actuators whose driver may have another set-point than the record. */
  private readonly astray = new Set<string>();

  constructor(ports: GatePorts, memory: GateMemory) {
    this.ports = ports;
    this.memory = memory;
  }

  restoreAll(keys: readonly string[]): void {
    for (const key of keys) {
      this.astray.add(key);
      this.restore(key);
    }
  }

  /** True if the driver has the set-point of the record, or there is none: nothing starts without it. */
  restore(key: string): boolean {
    const { setPoint } = this.memory.actuator(key);
    if (!this.astray.has(key) || setPoint === undefined) return true;
    if (this.drive(key, setPoint)) this.astray.delete(key);
    return !this.astray.has(key);
  }

  /** False, and told as a fault, when the driver does not take it. Until it is settled, the record's own counts. */
  drive(key: string, { value, unit }: SetPoint): boolean {
    this.astray.add(key);
    const monoMs = this.ports.clock.monotonicMs();
    try {
      this.ports.driver.set({ actuator: key, value, ...(unit === undefined ? {} : { unit }), monoMs });
    } catch (error) {
      this.ports.fault("driver", error);
      return false;
    }
    return true;
  }

  /** The record has the new set-point, or goes on with the old one, which the driver is given back. */
  settle(key: string, isSaved: boolean): void {
    if (isSaved) this.astray.delete(key);
    else this.restore(key);
  }
}

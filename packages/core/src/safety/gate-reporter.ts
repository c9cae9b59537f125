import type { CommandMessage, HelloMessage, JournalEntry } from "../commands/messages.ts";
import type { GateMemory } from "./gate-memory.ts";
import type { GatePorts } from "./gate-ports.ts";
import { isOpen } from "./gate-record.ts";

/** What a gate says: evidence of single commands, and all that it knows in a hello. */
export class GateReporter {
  private readonly bootId: string;
  private readonly ports: GatePorts;
  private readonly memory: GateMemory;
  private readonly isRunning: (actuator: string, commandId: string) => boolean;

  constructor(
    bootId: string,
    ports: GatePorts,
    memory: GateMemory,
    isRunning: (actuator: string, commandId: string) => boolean,
  ) {
    this.bootId = bootId;
    this.ports = ports;
    this.memory = memory;
    this.isRunning = isRunning;
  }

  hello(): HelloMessage {
    const actuators = this.memory.actuators();
    return {
      bootId: this.bootId,
      monoMs: this.ports.clock.monotonicMs(),
      fences: Object.fromEntries(actuators.map(([key, actuator]) => [key, actuator.fence])),
      holds: actuators.flatMap(([key, actuator]) => actuator.holds.map((id) => ({ actuator: key, id }))),
      journal: actuators.flatMap(([, actuator]) => actuator.journal.map((entry) => this.asSeenNow(entry))),
      configVersion: this.memory.configVersion,
    };
  }

  /** Lost evidence is no loss: the journal of the next hello says it again. */
  tell({ kind: _kind, bootId: _bootId, ...what }: JournalEntry): void {
    try {
      this.ports.send({ ...what, bootId: this.bootId, monoMs: this.ports.clock.monotonicMs() });
    } catch (error) {
      this.ports.fault("link", error);
    }
  }

  /** An open entry of a run that is on says RUNNING; the journal on disk need not be written again for that. */
  asSeenNow(entry: JournalEntry): JournalEntry {
    return isOpen(entry) && this.isRunning(entry.actuator, entry.id) ? { ...entry, state: "RUNNING" } : entry;
  }

  /** The beginning of a command's entry, which lacks only how it went. */
  entry({ id, actuator, kind, fence }: CommandMessage): Omit<JournalEntry, "state"> {
    return { id, actuator, kind, ...(fence === undefined ? {} : { fence }), bootId: this.bootId };
  }
}

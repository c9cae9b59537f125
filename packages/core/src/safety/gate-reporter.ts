import type { CommandMessage, HelloMessage, JournalEntry } from "../commands/messages.ts";
import type { GateMemory } from "./gate-memory.ts";
import type { GateOutputs } from "./gate-outputs.ts";
import type { GatePorts } from "./gate-ports.ts";
import { isOpen, withEntry, withReplacedEntry } from "./gate-record.ts";

/** What a gate says: evidence of single commands, and all that it knows in a hello. */
export class GateReporter {
  private readonly bootId: string;
  private readonly ports: GatePorts;
  private readonly memory: GateMemory;
  private readonly outputs: GateOutputs;

  constructor(bootId: string, ports: GatePorts, memory: GateMemory, outputs: GateOutputs) {
    this.bootId = bootId;
    this.ports = ports;
    this.memory = memory;
    this.outputs = outputs;
  }

  hello(): HelloMessage {
    const actuators = this.memory.actuators();
    return {
      bootId: this.bootId,
      monoMs: this.ports.clock.monotonicMs(),
      fences: Object.fromEntries(actuators.map(([key, actuator]) => [key, actuator.fence])),
      forgotten: Object.fromEntries(actuators.map(([key, actuator]) => [key, actuator.forgottenFence])),
      safe: this.outputs.keysInSafeState(),
      holds: actuators.flatMap(([key, actuator]) => actuator.holds.map((id) => ({ actuator: key, id }))),
      journal: actuators.flatMap(([, actuator]) => actuator.journal.map((entry) => this.asSeenNow(entry))),
      configVersion: this.memory.configVersion,
    };
  }

  /** What is not saved is not said. */
  saveThenTell(entry: JournalEntry): void {
    const actuator = this.memory.actuator(entry.actuator);
    if (this.memory.save(entry.actuator, withEntry(actuator, entry))) this.tell(entry);
  }

  /** Ends an open entry. It is told even if the save fails: the output is off, and a later boot can only be stricter. */
  close(entry: JournalEntry): void {
    const closed = withReplacedEntry(this.memory.actuator(entry.actuator), entry);
    this.memory.keep(entry.actuator, closed);
    this.memory.save(entry.actuator, closed);
    this.tell(entry);
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
    return isOpen(entry) && this.outputs.isRunning(entry.actuator, entry.id) ? { ...entry, state: "RUNNING" } : entry;
  }

  /** The beginning of a command's entry, which lacks only how it went. */
  entry({ id, actuator, kind, fence }: CommandMessage): Omit<JournalEntry, "state"> {
    return { id, actuator, kind, ...(fence === undefined ? {} : { fence }), bootId: this.bootId };
  }
}

import type { JournalEntry, SetMessage, StopMessage } from "../commands/messages.ts";
import type { GateMemory } from "./gate-memory.ts";
import type { GateOutputs } from "./gate-outputs.ts";
import { MAX_HOLDS, MAX_RELEASED, type SetPoint, withEntry } from "./gate-record.ts";
import type { GateReporter } from "./gate-reporter.ts";
import type { GateSetPoints } from "./gate-set-points.ts";

interface InstructionParts {
  readonly memory: GateMemory;
  readonly outputs: GateOutputs;
  readonly reporter: GateReporter;
  readonly setPoints: GateSetPoints;
  readonly onReleased: () => void;
}

/** The commands that energise nothing: STOP, with what it leaves behind, and SET. */
export class GateInstructions {
  private readonly parts: InstructionParts;
  /** Fences of STOPs, which count from the moment they are taken, saved or not. */
  private readonly stopFences = new Map<string, number>();

  constructor(parts: InstructionParts) {
    this.parts = parts;
  }

  /** Whether a STOP with a greater fence has been taken in this boot. */
  isStopped(key: string, fence: number): boolean {
    return fence < (this.stopFences.get(key) ?? 0);
  }

  /** The hold is in memory before anything else, so that nothing below can lose it; it is said once it is saved. */
  stop(message: StopMessage): void {
    const { memory, outputs, reporter } = this.parts;
    const { actuator: key, id, fence, reason } = message;
    const actuator = memory.actuator(key);
    const isHold = !actuator.released.includes(id) && (fence === undefined || reason !== undefined);
    const isHeld = actuator.holds.includes(id);
    const isFull = isHold && !isHeld && actuator.holds.length >= MAX_HOLDS;
    if (isHold && !isHeld && !isFull) memory.keep(key, { ...actuator, holds: [...actuator.holds, id] });
    this.stopFences.set(key, Math.max(this.stopFences.get(key) ?? 0, fence ?? 0));
    outputs.switchOff(key, { state: "ABORTED", reason: "stop" });
    if (outputs.isOn(key)) {
      // Not stopped yet, so it is not said to be; what holds is safe already.
      memory.save(key, memory.actuator(key));
      return;
    }
    const entry = { ...reporter.entry(message), ...(reason === undefined ? {} : { reason }) };
    if (isFull) reporter.saveThenTell({ ...entry, state: "REJECTED", reason: "too_many_holds" });
    else reporter.saveThenTell({ ...entry, state: "COMPLETED" });
  }

  /** Holds end and the set-point changes together, or neither does. */
  set(message: SetMessage): void {
    const { memory, reporter, setPoints, onReleased } = this.parts;
    const { actuator: key, release } = message;
    const before = memory.actuator(key);
    const setPoint = setPointOf(message);
    if (setPoint !== undefined && !setPoints.drive(key, setPoint)) {
      reporter.saveThenTell({ ...reporter.entry(message), state: "REJECTED", reason: "driver_fault" });
      return;
    }
    const completed: JournalEntry = { ...reporter.entry(message), state: "COMPLETED" };
    const holds = before.holds.filter((id) => !release.includes(id));
    const released = [...before.released, ...release].slice(-MAX_RELEASED);
    const after = { ...withEntry(before, completed), holds, released, setPoint: setPoint ?? before.setPoint };
    const isSaved = memory.save(key, after);
    if (setPoint !== undefined) setPoints.settle(key, isSaved);
    if (!isSaved) return;
    reporter.tell(completed);
    onReleased();
  }
}

function setPointOf({ value, unit }: SetMessage): SetPoint | undefined {
  if (value === undefined) return undefined;
  return { value, ...(unit === undefined ? {} : { unit }) };
}

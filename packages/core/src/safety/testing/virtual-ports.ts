import type { EvidenceMessage } from "../../commands/messages.ts";
import type { DeviceLogEvent } from "../device-log.ts";
import type { FaultPlace, GateDriver, GatePorts, GateStorage } from "../gate-ports.ts";
import type { GateRecord, SetPoint } from "../gate-record.ts";

/** How far below the gate a promise is broken, for tests that show that it would be noticed. */
export interface Sabotage {
  /** "late", "after-the-edge": `save` returns before it is durable, and the power can take it until then. */
  durability: "at-once" | "after-the-edge" | "late";
  /** A boot finds nothing of what was saved. */
  forgets: boolean;
  /** Timers never fire. */
  hasNoTimers: boolean;
  /** The gate hears no STOP, though it is acknowledged. */
  isDeafToStops: boolean;
  /** The gate is never told that the link is lost. */
  isDeafToLinkLoss: boolean;
  /** What a boot switches off stays as it is, unseen. */
  bootsAsItWas: boolean;
  /** The gate sees a wall clock that stands still. */
  wallClockStands: boolean;
}

/** The calls of a gate in which the power can go. */
export type PortName = "save" | "on" | "off" | "safe" | "set" | "send";

/** What the ports of a gate act upon. */
export interface PortWorld {
  readonly log: DeviceLogEvent[];
  readonly evidence: EvidenceMessage[];
  readonly faults: FaultPlace[];
  readonly setPoints: Map<string, SetPoint>;
  readonly failures: Readonly<Record<"storage" | "on" | "off" | "safe" | "set" | "link", boolean>>;
  readonly sabotage: Sabotage;
  readonly monoMs: number;
  readonly wallClockMicros: number | undefined;
  readonly tickMs: number;
  readonly saveMs: number;
  readonly delays: { slowSaves: number };
  readonly disk: string | undefined;
  worldMs: number;
  unsaved: string | undefined;
  becomeDurable(): void;
}

export interface PortParts {
  /** Runs an effect, unless the power goes before or after it. */
  readonly call: (port: PortName, effect: () => void) => void;
  readonly after: (delayMs: number, callback: () => void) => () => void;
  readonly wentOn: (actuator: string, commandId: string) => void;
}

/** What one boot of a virtual device gives its gate. */
export function virtualPorts(device: PortWorld, parts: PortParts): GatePorts {
  const standingMicros = device.wallClockMicros;
  return {
    storage: storage(device, parts),
    driver: driver(device, parts),
    clock: {
      monotonicMs: () => {
        device.worldMs += device.tickMs;
        return device.monoMs;
      },
      wallClockMicros: () => (device.sabotage.wallClockStands ? standingMicros : device.wallClockMicros),
      after: parts.after,
    },
    send: (evidence) =>
      parts.call("send", () => {
        if (device.failures.link) throw new Error("the link is gone");
        device.evidence.push(evidence);
      }),
    fault: (where) => {
      device.faults.push(where);
    },
  };
}

function storage(device: PortWorld, { call }: PortParts): GateStorage {
  return {
    load: () => {
      const isEmpty = device.disk === undefined || device.sabotage.forgets;
      return isEmpty ? undefined : (JSON.parse(device.disk!) as GateRecord);
    },
    save: (record) =>
      call("save", () => {
        if (device.failures.storage) throw new Error("the disk is full");
        device.worldMs += device.saveMs;
        if (device.saveMs > 0) device.delays.slowSaves += 1;
        device.unsaved = JSON.stringify(record);
        if (device.sabotage.durability === "at-once") device.becomeDurable();
      }),
  };
}

function driver(device: PortWorld, { call, wentOn }: PortParts): GateDriver {
  const assertAnswer = (fails: boolean): void => {
    if (fails) throw new Error("the relay does not answer");
  };
  return {
    on: (edge) => {
      call("on", () => {
        assertAnswer(device.failures.on);
        wentOn(edge.actuator, edge.commandId);
        device.log.push({ event: "on", ...edge, wallClockMicros: device.wallClockMicros });
      });
      if (device.sabotage.durability === "after-the-edge") device.becomeDurable();
    },
    off: (edge) =>
      call("off", () => {
        assertAnswer(device.failures.off);
        if (!(device.sabotage.bootsAsItWas && edge.reason === "boot")) device.log.push({ event: "off", ...edge });
      }),
    safe: (edge) =>
      call("safe", () => {
        assertAnswer(device.failures.safe);
        device.log.push({ event: "safe", ...edge });
      }),
    set: (edge) =>
      call("set", () => {
        assertAnswer(device.failures.set);
        const { actuator, monoMs: _monoMs, ...setPoint } = edge;
        device.setPoints.set(actuator, setPoint);
        device.log.push({ event: "set", ...edge });
      }),
  };
}

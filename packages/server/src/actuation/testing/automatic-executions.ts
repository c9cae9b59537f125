import { randomUUID } from "node:crypto";
import type { CommandState } from "@sluice/core/commands/command.ts";
import type { Priority } from "@sluice/core/safety/decide.ts";
import type { ExecutionAction } from "../actuation-store.ts";
import { type DecidedExecution, decideExecution, listExecutionRecords } from "../index.ts";
import { recordEvidence } from "../record-evidence.ts";
import type { TestPlant, Zone } from "./test-plant.ts";

export interface Wanted {
  readonly type?: "SCHEDULED" | "THRESHOLD";
  readonly priority?: Priority;
  readonly action?: ExecutionAction;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** Asks as automation does, and decides as its worker does. */
export class AutomaticExecutions {
  private readonly plant: TestPlant;

  constructor(plant: TestPlant) {
    this.plant = plant;
  }

  async open(zone: Zone, wanted: Wanted = {}): Promise<string> {
    const { type = "THRESHOLD", priority = type, action = "RUN", parameters = { durationMs: 20_000 } } = wanted;
    return this.plant.actuation.store.transaction((tx) =>
      tx.openExecution({
        ...{ id: randomUUID(), organizationId: this.plant.operator.organizationId, actuatorId: zone.pumpId },
        ...{ type, action, priority, parameters, ruleId: null, deviceId: null, requestedBy: "rule:1", causes: 1 },
        folded: undefined,
      }),
    );
  }

  /** One execution out of its turn, as a worker that is ahead of others may. */
  async decide(id: string, zone: Zone, action: ExecutionAction = "RUN"): Promise<DecidedExecution> {
    const { organizationId } = this.plant.operator;
    const due = { id, organizationId, actuatorId: zone.pumpId, action };
    const need = { isNeeded: true, readingMicros: Date.now() * 1000 };
    const decided = await decideExecution(this.plant.actuation, due, async () => need);
    await this.plant.gateway.settled();
    return decided;
  }

  /** All that are due, in their order. */
  async decideAll(): Promise<void> {
    for (const due of await this.plant.actuation.store.dueExecutions(20)) {
      const need = { isNeeded: true, readingMicros: Date.now() * 1000 };
      await decideExecution(this.plant.actuation, due, async () => need);
    }
    await this.plant.gateway.settled();
  }

  /** The device says what became of the last command of this kind that it was sent. */
  async say(
    zone: Zone,
    state: Extract<CommandState, "RUNNING" | "COMPLETED" | "ABORTED" | "REJECTED">,
    { kind = "RUN", reason }: { readonly kind?: string; readonly reason?: string } = {},
  ): Promise<void> {
    const sent = this.plant.link.sent.filter(
      ({ deviceId, channel }) => deviceId === zone.deviceId && channel === "command",
    );
    const { id, fence } = sent.map(({ payload }) => JSON.parse(payload)).findLast((command) => command.kind === kind);
    const why = reason === undefined ? {} : { reason };
    await recordEvidence(this.plant.actuation, zone.deviceId, { id, actuator: "pump", fence, state, ...why });
    await this.plant.gateway.settled();
  }

  /** "TYPE STATUS reason", the oldest first. */
  async standing(): Promise<string[]> {
    const { pool, operator } = this.plant;
    const records = await listExecutionRecords(pool, operator.organizationId, { limit: 50 });
    return records.reverse().map(({ type, status, reason }) => `${type} ${status} ${reason}`);
  }
}

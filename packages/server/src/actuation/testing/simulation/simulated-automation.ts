import { type Actuation, decideExecution, type Execution, lockActuators, type Need } from "../../index.ts";
import type { ModelDatabase } from "../model-store/model-database.ts";
import { Cell, type ModelTransaction } from "../model-store/model-database.ts";
import { modelTransactionOf } from "../model-store/model-store.ts";
import type { PlannedRule } from "./plan.ts";
import type { ServerProcess } from "./server-process.ts";
import type { Surroundings } from "./surroundings.ts";

/** A rule began to fire, or ended: as the pipeline commits it with its reading. */
export interface Transition {
  readonly ruleId: number;
  readonly state: "firing" | "resolved";
  readonly readingMicros: number;
}

type Standing = Pick<Transition, "state" | "readingMicros">;

const DECIDE_LIMIT = 50;

/**
 * What rules lead to, in few words: transitions are folded in order and once, whatever dies, because the cursor moves in the
 * same transaction; executions are asked for as long as a rule that caused them fires.
 */
export class SimulatedAutomation {
  readonly transitions: Transition[] = [];
  /** By rule: when what it watches was read. */
  readonly readings = new Map<number, number[]>();
  private readonly world: Surroundings;
  private readonly rules: ReadonlyMap<number, PlannedRule>;

  constructor(world: Surroundings, database: ModelDatabase) {
    this.world = world;
    this.rules = new Map(world.plan.rules.map((rule) => [rule.id, rule]));
    database.tables.notes.cells.set("cursor", new Cell({ table: "note", key: "cursor", value: 0 }));
  }

  read(ruleId: number, atMicros: number): void {
    const times = this.readings.get(ruleId);
    if (times === undefined) this.readings.set(ruleId, [atMicros]);
    else times.push(atMicros);
  }

  async workOnce(process: ServerProcess): Promise<void> {
    while (await this.fold(process));
    const due = await process.actuation.store.dueExecutions(DECIDE_LIMIT);
    await Promise.all(due.map((execution) => this.decide(process, execution)));
  }

  followUp(process: Pick<ServerProcess, "actuation">): Actuation["followUp"] {
    return {
      onRunEnded: async (tx, ended, { endedAtMicros, lockEndMicros }) => {
        const firing = this.firingCausesOf(modelTransactionOf(tx.client), ended.id);
        const waiting = { untilMicros: lockEndMicros, reason: "cooldown" };
        await this.openNext(process.actuation, tx, firing, waiting, endedAtMicros);
      },
      onReleased: async (tx, { id, releasedAtMicros }) => {
        const work = modelTransactionOf(tx.client);
        const rules = [...this.rules.values()].filter(
          ({ actuatorId, action }) => actuatorId === id && action === "RUN",
        );
        const firing = rules.filter((rule) => standingOf(work, rule.id)?.state === "firing");
        const waiting = { untilMicros: releasedAtMicros, reason: "stale_reading" };
        await this.openNext(process.actuation, tx, firing, waiting, releasedAtMicros);
      },
    };
  }

  /** False when nothing is left to fold, or another is at it. */
  private async fold(process: ServerProcess): Promise<boolean> {
    const { transitions } = this;
    if (transitions.length === 0) return false;
    return process.actuation.store.transaction(async (tx) => {
      await process.point("fold");
      const work = modelTransactionOf(tx.client);
      const at = await work.execute(() => lockCursor(work));
      const transition = at === undefined ? undefined : transitions[at];
      if (transition === undefined) return false;
      const { ruleId, state, readingMicros } = transition;
      await work.execute(() => keep(work, `standing ${ruleId}`, { state, readingMicros }));
      const rule = this.rules.get(ruleId)!;
      if (state === "firing") {
        await lockActuators(tx, [rule.actuatorId]);
        await this.open(process.actuation, tx, [rule], undefined, undefined);
      }
      await work.execute(() => keep(work, "cursor", at! + 1));
      return true;
    });
  }

  private async decide(process: ServerProcess, execution: Execution): Promise<void> {
    try {
      await decideExecution(process.actuation, execution, async (tx, locked) =>
        this.needOf(modelTransactionOf(tx.client), locked),
      );
    } catch (error) {
      process.report("a decision", error);
    }
  }

  private needOf(work: ModelTransaction, { id, type }: Execution): Need {
    if (type !== "THRESHOLD") return { isNeeded: true, readingMicros: undefined };
    const firing = this.firingCausesOf(work, id);
    const times = firing.flatMap(({ id }) => [standingOf(work, id)!.readingMicros, this.readings.get(id)?.at(-1) ?? 0]);
    return { isNeeded: firing.length > 0, readingMicros: times.length === 0 ? undefined : Math.max(...times) };
  }

  private firingCausesOf(work: ModelTransaction, executionId: string): PlannedRule[] {
    return [...this.rules.values()].filter(
      ({ id }) => noteOf(work, `cause ${executionId} ${id}`) !== undefined && standingOf(work, id)?.state === "firing",
    );
  }

  private async openNext(
    actuation: Actuation,
    tx: Parameters<Actuation["followUp"]["onRunEnded"]>[0],
    firing: readonly PlannedRule[],
    waiting: { readonly untilMicros: number; readonly reason: string },
    readingNeededAfterMicros: number,
  ): Promise<void> {
    if (firing.length > 0) await this.open(actuation, tx, firing, waiting, readingNeededAfterMicros);
  }

  private async open(
    actuation: Pick<Actuation, "newId">,
    tx: Parameters<Actuation["followUp"]["onRunEnded"]>[0],
    rules: readonly PlannedRule[],
    waiting: { readonly untilMicros: number; readonly reason: string } | undefined,
    readingNeededAfterMicros: number | undefined,
  ): Promise<void> {
    const { actuatorId, action, deviceId, durationMs, id: ruleId } = rules[0]!;
    const isEmergency = rules.some(({ priority }) => priority === "EMERGENCY");
    const executionId = await tx.openExecution({
      ...{ id: actuation.newId(), organizationId: 1, actuatorId, type: "THRESHOLD", action, ruleId, deviceId },
      priority: isEmergency ? "EMERGENCY" : "THRESHOLD",
      parameters: parametersOf(action, durationMs),
      ...{ requestedBy: `rule:${ruleId}`, causes: rules.length, folded: undefined },
      ...(waiting === undefined ? {} : { waiting }),
      ...(readingNeededAfterMicros === undefined ? {} : { readingNeededAfterMicros }),
    });
    const work = modelTransactionOf(tx.client);
    for (const { id } of rules) await work.execute(() => keep(work, `cause ${executionId} ${id}`, true));
    this.world.tally.add(`cause of a ${action}`);
  }
}

function parametersOf(action: PlannedRule["action"], durationMs: number): Record<string, unknown> {
  if (action === "TRIP") return { cause: "dry_run" };
  return action === "DOSE" ? { durationMs, amount: 5, unit: "l" } : { durationMs };
}

function lockCursor(work: ModelTransaction): number | undefined {
  const cursor = work.database.tables.notes.find("cursor")!;
  return work.tryLock(cursor, true) ? (cursor.visibleTo(work)!.value as number) : undefined;
}

function keep(work: ModelTransaction, key: string, value: unknown): void {
  work.database.tables.notes.insert(work, key, { table: "note", key, value });
}

function noteOf(work: ModelTransaction, key: string): unknown {
  return work.database.tables.notes.get(work, key)?.value;
}

function standingOf(work: ModelTransaction, ruleId: number): Standing | undefined {
  return noteOf(work, `standing ${ruleId}`) as Standing | undefined;
}

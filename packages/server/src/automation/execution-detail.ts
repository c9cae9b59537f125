import type { Pool } from "pg";
import {
  type CommandEventView,
  type CommandView,
  type ExecutionStatus,
  listCommandEvents,
  listCommands,
  listExecutionEvents,
  listReplays,
} from "../actuation/index.ts";
import { type CauseView, listCauses } from "./fold-store.ts";
import { type ExecutionView, findExecution } from "./list-executions.ts";

/** Commands that one execution can have: each attempt's, and the STOPs that made way for it. */
const MAX_COMMANDS = 100;

/** An execution with what fired, what was commanded for it, and what repeats it. */
export interface ExecutionDetail extends ExecutionView {
  readonly causedBy: readonly CauseView[];
  /** The oldest first. */
  readonly commands: readonly Pick<
    CommandView,
    "id" | "kind" | "fence" | "state" | "reason" | "decidedAt" | "endedAt"
  >[];
  /** Executions that repeat this dead letter, the oldest first. */
  readonly replays: readonly string[];
}

/** Undefined also for one of another organization. */
export async function readExecution(
  pool: Pool,
  organizationId: number,
  id: string,
): Promise<ExecutionDetail | undefined> {
  const execution = await findExecution(pool, organizationId, id);
  if (execution === undefined) return undefined;
  const [causedBy, commands, replays] = await Promise.all([
    listCauses(pool, id),
    commandsOf(pool, organizationId, id),
    listReplays(pool, organizationId, id),
  ]);
  const shown = commands.map(({ id: command, kind, fence, state, reason, decidedAt, endedAt }) => ({
    ...{ id: command, kind, fence, state, reason, decidedAt, endedAt },
  }));
  return { ...execution, causedBy, commands: shown, replays };
}

/** One step of an execution's trail: it changed, a cause was folded into it, or something became of a command of it. */
export interface TrailStep {
  readonly at: Date;
  readonly what: "execution" | "cause" | "command";
  /** Of the execution; null where it stayed what it was. */
  readonly status: ExecutionStatus | null;
  readonly reason: string | null;
  readonly message: string | null;
  readonly until: Date | null;
  /** Who asked for it; null for what followed. */
  readonly who: string | null;
  readonly cause: CauseView | null;
  readonly command:
    | (Pick<CommandView, "id" | "kind" | "fence"> & Pick<CommandEventView, "what" | "state" | "details">)
    | null;
}

/** Everything that became of an execution, oldest first. Throws `execution.unknown`. */
export async function readTrail(pool: Pool, organizationId: number, id: string): Promise<TrailStep[]> {
  const changes = await listExecutionEvents(pool, organizationId, id);
  const [causes, commands] = await Promise.all([listCauses(pool, id), commandsOf(pool, organizationId, id)]);
  const events = await Promise.all(commands.map((command) => commandSteps(pool, organizationId, command)));
  const steps = [
    ...changes.map((change) => ({ ...NOTHING, ...change, what: "execution" as const })),
    ...causes.flatMap((cause) => (cause.foldedAt === null ? [] : [causeStep(cause, cause.foldedAt)])),
    ...events.flat(),
  ];
  // Stable: what happened in the same millisecond stays in the order of its own trail.
  return steps.sort((a, b) => a.at.getTime() - b.at.getTime());
}

const NOTHING = { status: null, reason: null, message: null, until: null, who: null, cause: null, command: null };

function causeStep(cause: CauseView, at: Date): TrailStep {
  return { ...NOTHING, at, what: "cause", who: `rule:${cause.rule}`, cause };
}

async function commandSteps(pool: Pool, organizationId: number, command: CommandView): Promise<TrailStep[]> {
  const { id, kind, fence } = command;
  const events = await listCommandEvents(pool, organizationId, id);
  return events.map(({ at, who, reason, what, state, details }) => ({
    ...NOTHING,
    ...{ at, what: "command" as const, who, reason, command: { id, kind, fence, what, state, details } },
  }));
}

async function commandsOf(pool: Pool, organizationId: number, executionId: string): Promise<CommandView[]> {
  return (await listCommands(pool, organizationId, { executionId, limit: MAX_COMMANDS })).reverse();
}

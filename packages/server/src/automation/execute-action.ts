import { isSluiceError, SluiceError } from "@sluice/core/errors.ts";
import { FEED_UNIT, type PondActionName, pondActions } from "@sluice/solutions/aquaculture/actions.ts";
import type { Pool } from "pg";
import {
  type Actuation,
  type ActuatorView,
  DEFAULT_WAIT_MS,
  LONGEST_WAIT_MS,
  listActuators,
  type PlacedRun,
  type Requester,
  type RunOrder,
  requestRun,
  whyNot,
} from "../actuation/index.ts";

/** An action of a device, by its name. */
export interface ActionOrder {
  /** Uid. */
  readonly device: string;
  readonly action: PondActionName;
  /** Of a FEED. */
  readonly grams?: number | undefined;
  /** Of everything else. */
  readonly minutes?: number | undefined;
  /** How long it may wait; what has several steps begins at once, or not at all. */
  readonly waitMs?: number | undefined;
  readonly idempotencyKey?: string | undefined;
}

/** A later step waits for the earlier ones, which begin at once or not at all: else it could be the first to run. */
const NO_PATIENCE_MS = 0;
/** What a step may take longer than its run: the time to its start, clocks that drift, and the worker's next round. */
const STEP_SLACK_MS = 120_000;
const MINUTE_MS = 60_000;

/**
 * A person asks a device for an action by its name. Its steps are executions of their own, the later waiting for the earlier by
 * their interlock group; none is begun when one of them could not be done at all. Where a later one is refused all the same,
 * the earlier goes on, because its water flows already: the error names it, and the same key has the rest done.
 *
 * Throws `action.actuator_missing`, `action.amount_needed`, `action.too_long`, `action.half_done`, and `actuator.<limit>` as
 * `requestRun` does.
 */
export async function executeAction(
  actuation: Actuation,
  pool: Pool,
  by: Requester,
  order: ActionOrder,
): Promise<PlacedRun[]> {
  const steps = await stepsOf(pool, by, order);
  for (const step of steps.slice(1)) await assertPossible(actuation, by, step);
  const placed: PlacedRun[] = [];
  for (const step of steps) {
    const run = await requestRun(actuation, by, step).catch((error) => {
      throw placed.length === 0 ? error : halfDone(error, placed);
    });
    placed.push(run);
  }
  return placed;
}

function halfDone(error: unknown, placed: readonly PlacedRun[]): SluiceError {
  const begun = placed.map(({ executionId }) => executionId);
  const hint = `What comes before it has begun (${begun.join(", ")}): STOP it, or ask again with the same Idempotency-Key.`;
  if (!isSluiceError(error)) {
    const message = `The next step could not be asked for. ${hint}`;
    return new SluiceError("unavailable", "action.half_done", message, { cause: error, details: { begun } });
  }
  const { kind, code, message, retryable, retryAfterMs, details } = error;
  const more = retryAfterMs === undefined ? {} : { retryAfterMs };
  return new SluiceError(kind, code, `${message} ${hint}`, {
    ...more,
    cause: error,
    retryable,
    details: { ...details, begun },
  });
}

async function stepsOf(pool: Pool, by: Requester, order: ActionOrder): Promise<RunOrder[]> {
  const { steps, takes } = pondActions[order.action];
  const known = await listActuators(pool, by.organizationId, order.device);
  const asked = amountOf(order, takes);
  const { waitMs = DEFAULT_WAIT_MS } = order;
  return steps.map(({ actuator, kind }, index) => {
    const { id: actuatorId } = findActuator(known, actuator, order);
    const dose = kind === "DOSE" ? { dose: { amount: asked, unit: FEED_UNIT } } : { durationMs: asked };
    const isOnly = steps.length === 1;
    const patienceMs = isOnly ? waitMs : index === 0 ? NO_PATIENCE_MS : index * (asked + STEP_SLACK_MS);
    if (patienceMs > LONGEST_WAIT_MS) throw tooLong(order);
    return { actuatorId, ...dose, waitMs: patienceMs, idempotencyKey: keyOf(order, index) };
  });
}

/** Grams, or milliseconds. */
function amountOf({ action, grams, minutes }: ActionOrder, takes: "grams" | "minutes"): number {
  const given = takes === "grams" ? grams : minutes;
  const surplus = takes === "grams" ? minutes : grams;
  if (given !== undefined && surplus === undefined) return takes === "grams" ? given : Math.round(given * MINUTE_MS);
  const message = `${action} takes ${takes}, and nothing else.`;
  throw new SluiceError("invalid", "action.amount_needed", message, { details: { field: takes } });
}

function findActuator(known: readonly ActuatorView[], key: string, { action, device }: ActionOrder): ActuatorView {
  const found = known.find((actuator) => actuator.key === key);
  if (found !== undefined) return found;
  const message = `${action} needs an actuator "${key}", and "${device}" has none.`;
  throw new SluiceError("invalid", "action.actuator_missing", message, { details: { action, device, actuator: key } });
}

function keyOf({ idempotencyKey }: ActionOrder, index: number): string | undefined {
  return index === 0 || idempotencyKey === undefined ? idempotencyKey : `${idempotencyKey}:${index + 1}`;
}

function tooLong({ action }: ActionOrder): SluiceError {
  const limitMinutes = Math.floor((LONGEST_WAIT_MS - STEP_SLACK_MS) / MINUTE_MS);
  const message = `The second step of a ${action} would have to wait for longer than anything may: ask for at most ${limitMinutes} minutes.`;
  return new SluiceError("invalid", "action.too_long", message, { details: { field: "minutes", limitMinutes } });
}

/** What stands against a later step besides the earlier ones, which will have ended by then. */
async function assertPossible(actuation: Actuation, by: Requester, step: RunOrder): Promise<void> {
  const { obstacles } = await whyNot(actuation, by, step);
  const lasting = obstacles.find(({ untilMicros }) => untilMicros === undefined);
  if (lasting === undefined) return;
  const { limit, message } = lasting;
  throw new SluiceError("conflict", `actuator.${limit}`, message, { details: { actuator: step.actuatorId } });
}

import type { Dose } from "@sluice/core/commands/messages.ts";
import { type Decision, decide, obstacles, type Priority } from "@sluice/core/safety/decide.ts";
import type { Obstacle } from "@sluice/core/safety/obstacle.ts";
import { type Actuation, type Requester, requireActuator } from "./actuation.ts";
import { requestOf } from "./decide-start.ts";

export interface WhyNotQuestion {
  readonly actuatorId: number;
  /** Absent: the longest run that is allowed. */
  readonly durationMs?: number | undefined;
  readonly dose?: Dose | undefined;
  readonly priority?: Priority | undefined;
  /** How long a person would wait from now, or until when; absent: not at all. */
  readonly waitMs?: number | undefined;
  readonly waitLimitMicros?: number | undefined;
  readonly overrideReason?: string | undefined;
  /** What an automatic request rests on; absent: on a reading of this moment. */
  readonly cause?: Cause | undefined;
}

interface Cause {
  /** Undefined: no reading is known. */
  readonly readingMicros: number | undefined;
  readonly readingNeededAfterMicros: number | undefined;
}

/** What would be decided at this moment, and everything that stands against it, in the order in which it counts. */
export interface WhyNot {
  readonly nowMicros: number;
  readonly outcome: Decision["outcome"];
  readonly obstacles: readonly Obstacle[];
}

/** Decides without deciding: nothing is locked, reserved or written. Throws `actuator.unknown`. */
export async function whyNot(actuation: Actuation, by: Requester, question: WhyNotQuestion): Promise<WhyNot> {
  const { actuatorId, dose, priority = "MANUAL", waitMs = 0, overrideReason, cause } = question;
  const actuator = await requireActuator(actuation.store, by.organizationId, actuatorId);
  const { nowMicros, situation } = await actuation.store.lookAt(actuator);
  const durationMs = question.durationMs ?? actuator.envelope.maxRunMs;
  const execution = {
    parameters: { durationMs, ...dose },
    priority,
    overrideReason: overrideReason ?? null,
    waitLimitMicros: question.waitLimitMicros ?? nowMicros + waitMs * 1000,
    readingNeededAfterMicros: cause?.readingNeededAfterMicros ?? null,
  };
  const readingMicros = cause === undefined ? nowMicros : cause.readingMicros;
  const hasPermissives = (actuator.envelope.permissives ?? []).length > 0;
  const permissiveReadings = hasPermissives ? await actuation.readPermissives(actuator) : [];
  const request = requestOf(execution, { readingMicros, permissiveReadings });
  return {
    nowMicros,
    outcome: decide(actuator.envelope, situation, request, nowMicros).outcome,
    obstacles: obstacles(actuator.envelope, situation, request, nowMicros),
  };
}

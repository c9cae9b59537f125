import { type ActuatorSituation, type Decision, decide } from "@sluice/core/safety/decide.ts";
import { pauseMs } from "@sluice/core/safety/envelope.ts";
import { reserve } from "@sluice/core/safety/windows.ts";
import type { Actuation } from "./actuation.ts";
import type {
  ActuationTransaction,
  Actuator,
  Command,
  NewRequest,
  RefusedRequest,
  Situation,
} from "./actuation-store.ts";
import type { Answer } from "./answer.ts";
import { commitStart, requestOf, writeDecision } from "./decide-start.ts";

export interface AnsweredRequests {
  /** In the order of the requests. */
  readonly answers: readonly Answer[];
  /** Devices for which something was queued. */
  readonly queuedFor: readonly number[];
}

/**
 * Decides requests for one actuator, one after the other, under one lock. Each sees what those before it led to; those that
 * are refused share one look at the actuator and one write.
 */
export async function decideRequests(
  actuation: Actuation,
  tx: ActuationTransaction,
  requests: readonly NewRequest[],
): Promise<AnsweredRequests> {
  const actuator = (await tx.lockGroup(requests[0]!.actuatorId))!;
  const deciding = new Deciding(actuation, tx, actuator);
  const answers: Answer[] = [];
  for (const request of requests) answers.push(await deciding.answer(request));
  await tx.insertRefused(deciding.refused);
  return { answers, queuedFor: deciding.queuedFor };
}

class Deciding {
  readonly refused: RefusedRequest[] = [];
  readonly queuedFor: number[] = [];
  private readonly actuation: Actuation;
  private readonly tx: ActuationTransaction;
  private readonly actuator: Actuator;
  private readonly answerOfKey = new Map<string, { readonly request: NewRequest; readonly answer: Answer }>();
  private seen: Situation | undefined;

  constructor(actuation: Actuation, tx: ActuationTransaction, actuator: Actuator) {
    this.actuation = actuation;
    this.tx = tx;
    this.actuator = actuator;
  }

  async answer(asked: NewRequest): Promise<Answer> {
    // A DOSE may leave its worst case to the envelope.
    const parameters = { durationMs: this.actuator.envelope.maxRunMs, ...asked.parameters };
    const request = { ...asked, parameters };
    const { idempotencyKey } = request;
    if (idempotencyKey === undefined) return this.decide(request);
    const answer = (await this.answerBefore(request, idempotencyKey)) ?? (await this.decide(request));
    this.answerOfKey.set(idempotencyKey, { request, answer });
    return answer;
  }

  /** The answer that the request's idempotency key has had, perhaps in this very batch. */
  private async answerBefore(request: NewRequest, key: string): Promise<Answer | undefined> {
    const beside = this.answerOfKey.get(key);
    if (beside !== undefined) return isSameBody(beside.request, request) ? beside.answer : { kind: "mismatch" };
    const earlier = await this.tx.findByIdempotencyKey(request.organizationId, key, request.request);
    if (earlier === undefined) return undefined;
    if (!earlier.isSame) return { kind: "mismatch" };
    const executionId = earlier.id;
    return { kind: "placed", executionId, command: await this.tx.commandOfExecution(executionId) };
  }

  private async decide(asked: NewRequest): Promise<Answer> {
    const { actuation, tx, actuator } = this;
    this.seen ??= await tx.readSituation(actuator);
    const { nowMicros, situation } = this.seen;
    const request = await requestOf(actuation, actuator, executionFor(asked, nowMicros), undefined);
    const decision = decide(actuator.envelope, situation, request, nowMicros);
    if (decision.outcome === "refuse") return this.refuse(asked, decision);
    if (decision.outcome === "accept") {
      const asker = { ...executionFor(asked, nowMicros), request: asked };
      const command = await commitStart(actuation, tx, actuator, asker, request, nowMicros);
      this.seen = { nowMicros, situation: afterStart(actuator, situation, command, nowMicros) };
      this.queuedFor.push(actuator.deviceId);
      return { kind: "placed", executionId: asked.id, command };
    }
    this.seen = undefined;
    const execution = await tx.insertRequest(asked);
    if (execution === undefined) return { kind: "again" };
    const taken = { decision, request, nowMicros };
    const written = await writeDecision(
      actuation,
      tx,
      actuator,
      { ...execution, requestedFrom: asked.requestedFrom },
      taken,
    );
    this.queuedFor.push(...written.queuedFor);
    if (written.decision.outcome === "refuse") return { kind: "refused", refusal: written.decision };
    return { kind: "placed", executionId: asked.id, command: written.command };
  }

  private refuse(request: NewRequest, refusal: Extract<Decision, { outcome: "refuse" }>): Answer {
    this.refused.push({ request, reason: refusal.limit, message: refusal.message });
    return { kind: "refused", refusal };
  }
}

/** What its execution will say of a request. */
function executionFor(
  { id, parameters, overrideReason, waitMs, requestedBy, requestedFrom }: NewRequest,
  nowMicros: number,
) {
  return {
    id,
    parameters,
    priority: "MANUAL" as const,
    overrideReason: overrideReason ?? null,
    waitLimitMicros: waitMs === undefined ? null : nowMicros + waitMs * 1000,
    readingNeededAfterMicros: null,
    requestedBy,
    requestedFrom,
  };
}

/** What those who come next in the batch would read: the same, and a run of a person that has just been reserved. */
function afterStart(
  { id: actuatorId, envelope }: Actuator,
  situation: ActuatorSituation,
  command: Command,
  nowMicros: number,
): ActuatorSituation {
  const cooldownMs = pauseMs(envelope);
  const { runEndMicros, lockEndMicros } = reserve(nowMicros, command.durationMs!, cooldownMs);
  const { id: commandId, state } = command;
  const live = {
    commandId,
    actuatorId,
    state,
    priority: "MANUAL",
    runEndMicros,
    cooldownMs,
    isStopping: false,
  } as const;
  return { ...situation, live, lockEndMicros };
}

function isSameBody(a: NewRequest, b: NewRequest): boolean {
  return JSON.stringify(a.request) === JSON.stringify(b.request);
}

import { type Decision, decide } from "@sluice/core/safety/decide.ts";
import type { Actuation } from "./actuation.ts";
import type { ActuationTransaction, Actuator, Execution, NewRequest, Situation } from "./actuation-store.ts";
import type { Answer } from "./answer.ts";
import { requestOf, writeDecision } from "./decide-start.ts";

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
  const inserted = await tx.insertRequests(requests);
  const executions = new Map(inserted.map((execution) => [execution.id, execution]));
  const deciding = new Deciding(actuation, tx, actuator);
  const answers = new Map<string, Answer>();
  for (const request of requests) {
    const { id, requestedFrom } = request;
    const execution = executions.get(id);
    if (execution === undefined) answers.set(id, await answerBefore(tx, request, answers));
    else answers.set(id, await deciding.decide({ ...execution, requestedFrom }));
  }
  await tx.refuseRequests(deciding.refused);
  return { answers: requests.map(({ id }) => answers.get(id)!), queuedFor: deciding.queuedFor };
}

class Deciding {
  readonly refused: { readonly id: string; readonly reason: string; readonly message: string }[] = [];
  readonly queuedFor: number[] = [];
  private readonly actuation: Actuation;
  private readonly tx: ActuationTransaction;
  private readonly actuator: Actuator;
  private seen: Situation | undefined;

  constructor(actuation: Actuation, tx: ActuationTransaction, actuator: Actuator) {
    this.actuation = actuation;
    this.tx = tx;
    this.actuator = actuator;
  }

  async decide(execution: Execution): Promise<Answer> {
    const { actuation, tx, actuator } = this;
    this.seen ??= await tx.readSituation(actuator);
    const { nowMicros, situation } = this.seen;
    const request = await requestOf(actuation, actuator, execution, undefined);
    const decision = decide(actuator.envelope, situation, request, nowMicros);
    if (decision.outcome === "refuse") return this.refuse(execution, decision);
    this.seen = undefined;
    const written = await writeDecision(actuation, tx, actuator, execution, { decision, request, nowMicros });
    this.queuedFor.push(...written.queuedFor);
    if (written.decision.outcome === "refuse") return this.refuse(execution, written.decision);
    return { kind: "placed", executionId: execution.id, command: written.command };
  }

  private refuse({ id }: Execution, refusal: Extract<Decision, { outcome: "refuse" }>): Answer {
    this.refused.push({ id, reason: refusal.limit, message: refusal.message });
    return { kind: "refused", refusal };
  }
}

/** The answer that the request's idempotency key has had, perhaps in this very batch. */
async function answerBefore(
  tx: ActuationTransaction,
  request: NewRequest,
  answers: ReadonlyMap<string, Answer>,
): Promise<Answer> {
  const earlier = await tx.findByIdempotencyKey(request.organizationId, request.idempotencyKey!, request.request);
  if (earlier === undefined) return { kind: "again" };
  if (!earlier.isSame) return { kind: "mismatch" };
  const executionId = earlier.id;
  return answers.get(executionId) ?? { kind: "placed", executionId, command: await tx.commandOfExecution(executionId) };
}

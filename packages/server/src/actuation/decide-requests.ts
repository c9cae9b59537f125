import { type ActuatorSituation, type Decision, decide } from "@sluice/core/safety/decide.ts";
import { pauseMs } from "@sluice/core/safety/envelope.ts";
import { reserve } from "@sluice/core/safety/windows.ts";
import { allEnded } from "../platform/all-ended.ts";
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
import { type ReadPermissives, readingsFor } from "./permissive-readings.ts";

export interface AnsweredRequests {
  /**
   * In the order of the requests. Undefined: left, because its actuator is not locked here. "apart": it needs a transaction in
   * which nothing else is locked, and readings from before it.
   */
  readonly answers: readonly (Answer | "apart" | undefined)[];
  /** Devices for which something was queued. */
  readonly queuedFor: readonly number[];
}

/**
 * Decides requests for actuators that this transaction has locked, with their groups. Of one actuator, and of one group, each
 * sees what those before it led to; all of them share one look at their actuators, and one write of what is refused. `read`
 * are the permissives of the one actuator that is decided alone.
 */
export async function decideRequests(
  actuation: Actuation,
  tx: ActuationTransaction,
  actuators: readonly Actuator[],
  requests: readonly NewRequest[],
  read?: ReadPermissives,
): Promise<AnsweredRequests> {
  if (actuators.length === 0) return { answers: requests.map(() => undefined), queuedFor: [] };
  const isAlone = actuators.length === 1;
  const deciders = actuators.map((actuator) => {
    const own = requests.filter(({ actuatorId }) => actuatorId === actuator.id);
    return new Deciding(actuation, tx, actuator, own, { isAlone, read });
  });
  const groups = byGroup(deciders);
  const situations = await tx.readSituations(groups.map(([first]) => first!.actuator));
  await allEnded(groups.map((members, index) => decideGroup(members, situations[index]!)));
  await tx.insertRefused(deciders.flatMap(({ refused }) => refused));
  const answers = new Map(deciders.flatMap((deciding) => deciding.answers));
  const locked = new Set(actuators.map(({ id }) => id));
  const left = ({ actuatorId }: NewRequest) => (locked.has(actuatorId) ? "apart" : undefined);
  return {
    answers: requests.map((request) => answers.get(request) ?? left(request)),
    queuedFor: deciders.flatMap(({ queuedFor }) => queuedFor),
  };
}

/** Members of an interlock group are decided one after the other; only the first may rely on what was seen before. */
async function decideGroup(members: readonly Deciding[], seen: Situation): Promise<void> {
  for (const [index, member] of members.entries()) await member.decideAll(index === 0 ? seen : undefined);
}

function byGroup(deciders: readonly Deciding[]): Deciding[][] {
  const groups = new Map<string, Deciding[]>();
  for (const deciding of deciders) {
    const { id, organizationId, envelope } = deciding.actuator;
    const key = envelope.interlockGroup === undefined ? `${id}` : `${organizationId} ${envelope.interlockGroup}`;
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [deciding]);
    else members.push(deciding);
  }
  return [...groups.values()];
}

interface HowDecided {
  /** Nothing else is locked. */
  readonly isAlone: boolean;
  /** Absent: none has been read. */
  readonly read: ReadPermissives | undefined;
}

/** The requests for one actuator, one after the other. */
class Deciding {
  readonly actuator: Actuator;
  readonly answers: (readonly [NewRequest, Answer])[] = [];
  readonly refused: RefusedRequest[] = [];
  readonly queuedFor: number[] = [];
  private readonly actuation: Actuation;
  private readonly tx: ActuationTransaction;
  private readonly requests: readonly NewRequest[];
  private readonly how: HowDecided;
  private readonly answerOfKey = new Map<string, { readonly request: NewRequest; readonly answer: Answer }>();
  private seen: Situation | undefined;

  constructor(
    actuation: Actuation,
    tx: ActuationTransaction,
    actuator: Actuator,
    requests: readonly NewRequest[],
    how: HowDecided,
  ) {
    this.actuation = actuation;
    this.tx = tx;
    this.actuator = actuator;
    this.requests = requests;
    this.how = how;
  }

  async decideAll(seen: Situation | undefined): Promise<void> {
    this.seen = seen;
    for (const request of this.requests) {
      const answer = await this.answer(request);
      if (answer === undefined) return;
      this.answers.push([request, answer]);
    }
  }

  /** Undefined: it is left, with those after it, for a transaction that has locked this actuator alone. */
  private async answer(asked: NewRequest): Promise<Answer | undefined> {
    // A DOSE may leave its worst case to the envelope.
    const parameters = { durationMs: this.actuator.envelope.maxRunMs, ...asked.parameters };
    const request = { ...asked, parameters };
    const { idempotencyKey } = request;
    if (idempotencyKey === undefined) return this.decide(request);
    const answer = (await this.answerBefore(request, idempotencyKey)) ?? (await this.decide(request));
    if (answer === undefined) return undefined;
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

  private async decide(asked: NewRequest): Promise<Answer | undefined> {
    const { actuation, tx, actuator } = this;
    const { isAlone, read } = this.how;
    const permissiveReadings = readingsFor(actuator, read);
    // The envelope names others than when they were read: they are read anew.
    if (permissiveReadings === undefined) return read === undefined ? undefined : { kind: "again" };
    this.seen ??= await tx.readSituation(actuator);
    const { nowMicros, situation } = this.seen;
    const request = requestOf(executionFor(asked, nowMicros), { readingMicros: undefined, permissiveReadings });
    const decision = decide(actuator.envelope, situation, request, nowMicros);
    if (decision.outcome === "refuse") return this.refuse(asked, decision);
    if (decision.outcome === "accept") {
      const asker = { ...executionFor(asked, nowMicros), request: asked };
      const command = await commitStart(actuation, tx, actuator, asker, request, nowMicros);
      this.seen = { nowMicros, situation: afterStart(actuator, situation, command, nowMicros) };
      this.queuedFor.push(actuator.deviceId);
      return { kind: "placed", executionId: asked.id, command };
    }
    // It locks executions that others lock as well, in an order of their own: of one actuator, that is no circle.
    if (decision.outcome === "preempt" && !isAlone) return undefined;
    this.seen = undefined;
    const execution = await tx.insertRequest(asked);
    if (execution === undefined) return { kind: "again" };
    const taken = { decision, request, nowMicros };
    const written = await writeDecision(actuation, tx, actuator, execution, taken);
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
    requestedFrom: requestedFrom ?? null,
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

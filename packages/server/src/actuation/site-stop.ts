import { SluiceError } from "@sluice/core/errors.ts";
import type { Actuation, Requester } from "./actuation.ts";
import type {
  ActuationTransaction,
  ActuatorPlace,
  KeptSiteRequest,
  Parameters,
  SiteHeldActuator,
} from "./actuation-store.ts";
import { mismatch } from "./idempotency.ts";
import { release } from "./release.ts";
import { recordStop, type StopUnderWay, sendAtOnce, stopUnderWay } from "./request-stop.ts";

export interface SiteStopOrder {
  readonly siteId: number;
  readonly reason?: string | undefined;
  /** The same key with the same order has the same answer. */
  readonly idempotencyKey?: string | undefined;
}

export interface SiteReleaseOrder {
  readonly siteId: number;
  readonly idempotencyKey?: string | undefined;
}

/** Actuators that are recorded at the same time. */
const RECORD_CONCURRENCY = 2;

/**
 * A person stops a whole site: every device is told at once, then it is recorded, the site first, so that nothing there starts
 * any more, also on actuators that come later. Stopping a stopped site says STOP again. Answers the ids of what was stopped.
 *
 * Throws `idempotency.mismatch` for a key that was used for another request: it stops all the same.
 */
export async function stopSite(actuation: Actuation, by: Requester, order: SiteStopOrder): Promise<readonly number[]> {
  const { urgentStore } = actuation;
  const asked = askedOf("STOP", by, order);
  const earlier = await keptAnswer(urgentStore, asked);
  if (earlier?.isSame) return earlier.actuatorIds;
  const actuators = await urgentStore.actuatorsOfSite(by.organizationId, order.siteId);
  const stops = actuators.map((actuator) => ({ actuator, stop: stopOf(actuation, by, order, actuator) }));
  await Promise.all(stops.map(({ actuator, stop }) => sendAtOnce(actuation, actuator, stop)));
  const { siteStopId, answer } = await urgentStore.transaction(async (tx) => ({
    siteStopId: await recordSite(actuation, tx, by, order),
    answer: await keepAnswer(
      tx,
      asked,
      actuators.map(({ id }) => id),
    ),
  }));
  await eachOf(stops, async ({ actuator, stop }) => {
    await recordStop(actuation, actuator, { ...stop, siteStopId });
    actuation.onQueued(actuator.deviceId);
  });
  return sameAnswer(answer, asked);
}

/** What was asked of a site, to tell a repeated request from another one under the same key. */
interface Asked {
  readonly organizationId: number;
  readonly idempotencyKey: string | undefined;
  readonly request: Parameters;
  readonly requestedBy: string;
}

function askedOf(
  action: "STOP" | "RELEASE",
  { organizationId, actor: requestedBy }: Requester,
  { idempotencyKey, siteId, reason }: SiteStopOrder,
): Asked {
  const request = { action, siteId, ...(reason === undefined ? {} : { reason }) };
  return { organizationId, idempotencyKey, request, requestedBy };
}

async function keptAnswer(
  store: Pick<ActuationTransaction, "findSiteRequest">,
  { organizationId, idempotencyKey, request }: Asked,
): Promise<KeptSiteRequest | undefined> {
  if (idempotencyKey === undefined) return undefined;
  return store.findSiteRequest(organizationId, idempotencyKey, request);
}

/** This answer, or the one that the key has already. */
async function keepAnswer(
  tx: ActuationTransaction,
  asked: Asked,
  actuatorIds: readonly number[],
): Promise<KeptSiteRequest> {
  const { idempotencyKey } = asked;
  const isFirst =
    idempotencyKey === undefined || (await tx.insertSiteRequest({ ...asked, idempotencyKey, actuatorIds }));
  return isFirst ? { isSame: true, actuatorIds } : (await keptAnswer(tx, asked))!;
}

function sameAnswer({ isSame, actuatorIds }: KeptSiteRequest, { idempotencyKey }: Asked): readonly number[] {
  if (!isSame) throw mismatch(idempotencyKey!);
  return actuatorIds;
}

function stopOf(actuation: Actuation, by: Requester, { reason }: SiteStopOrder, actuator: ActuatorPlace): StopUnderWay {
  const { id: actuatorId } = actuator;
  return stopUnderWay(actuation, actuator, by, { actuatorId, reason }, { action: "STOP", actuatorId });
}

async function recordSite(
  actuation: Actuation,
  tx: ActuationTransaction,
  by: Requester,
  { siteId, reason }: SiteStopOrder,
): Promise<string> {
  const { organizationId, actor: stoppedBy } = by;
  const { id } = await tx.openSiteStop({ id: actuation.newId(), organizationId, siteId, stoppedBy, reason });
  await actuation.recordChange(tx.client, by, { action: "site.stop", subject: `site:${siteId}`, after: { reason } });
  return id;
}

/**
 * A person ends a site's stop. What a person's own STOP or a trip holds there goes on being held. One that died midway is
 * ended by asking again. Answers the ids of what was released.
 *
 * Throws `site.not_stopped`, and `idempotency.mismatch`: then nothing is released.
 */
export async function releaseSite(
  actuation: Actuation,
  by: Requester,
  order: SiteReleaseOrder,
): Promise<readonly number[]> {
  const { store } = actuation;
  const { held, actuatorIds } = await store.transaction((tx) => endSiteStop(actuation, tx, by, order));
  await eachOf(held, async ({ actuator, siteStopId }) => {
    await store.transaction(async (tx) => {
      await tx.lockActuator(actuator.id);
      const end = () => tx.releaseHolds(actuator.id, by.actor, { siteStopId });
      await release(actuation, tx, actuator, by, { action: "RELEASE", let: end });
    });
    actuation.onQueued(actuator.deviceId);
  });
  return actuatorIds;
}

interface EndedSiteStop {
  /** What is still to be released. */
  readonly held: readonly SiteHeldActuator[];
  readonly actuatorIds: readonly number[];
}

/** A key that was used ends no stop that came after it, and only what its own has left. */
async function endSiteStop(
  actuation: Actuation,
  tx: ActuationTransaction,
  by: Requester,
  order: SiteReleaseOrder,
): Promise<EndedSiteStop> {
  const { siteId } = order;
  const { organizationId, actor } = by;
  const asked = askedOf("RELEASE", by, order);
  const earlier = await keptAnswer(tx, asked);
  const siteStopId = earlier === undefined ? await tx.releaseSiteStop(organizationId, siteId, actor) : undefined;
  if (siteStopId !== undefined) {
    await actuation.recordChange(tx.client, by, { action: "site.release", subject: `site:${siteId}` });
  }
  const held = await tx.heldByEndedSiteStops(organizationId, siteId);
  const ids = [...new Set(held.map(({ actuator }) => actuator.id))];
  // The same request may have been answered while this one waited for the site.
  const kept = earlier ?? (siteStopId === undefined ? await keptAnswer(tx, asked) : undefined);
  if (kept === undefined && siteStopId === undefined && held.length === 0) {
    throw new SluiceError("conflict", "site.not_stopped", "This site is not stopped.", { details: { siteId } });
  }
  const answer = kept ?? (await keepAnswer(tx, asked, ids));
  return { held, actuatorIds: sameAnswer(answer, asked) };
}

/** Actuators that one look of the gateway takes; the next takes the rest. */
const FINISH_LIMIT = 100;

/** What a stop that died midway has left, and what has come to a stopped site since, is stopped and held as well. */
export async function finishSiteStops(actuation: Actuation): Promise<void> {
  const unreached = await actuation.store.unreachedBySiteStops(FINISH_LIMIT);
  await eachOf(unreached, async ({ actuator, siteStopId, stoppedBy, reason }) => {
    const by = { organizationId: actuator.organizationId, actor: stoppedBy };
    const stop = stopOf(actuation, by, { siteId: 0, reason: reason ?? undefined }, actuator);
    await sendAtOnce(actuation, actuator, stop);
    await recordStop(actuation, actuator, { ...stop, siteStopId });
    actuation.onQueued(actuator.deviceId);
  });
}

/** A few at a time. One that fails keeps no other from its turn; the first error is thrown when all have had theirs. */
async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const errors: unknown[] = [];
  const next = async (): Promise<void> => {
    for (const item of queue) await work(item).catch((error) => errors.push(error));
  };
  await Promise.all(Array.from({ length: Math.min(RECORD_CONCURRENCY, items.length) }, next));
  if (errors.length > 0) throw errors[0];
}

import { SluiceError } from "@sluice/core/errors.ts";
import type { Actuation, Requester } from "./actuation.ts";
import type {
  ActuationTransaction,
  ActuatorPlace,
  KeptSiteRequest,
  Parameters,
  SiteHeldActuator,
  UnreachedActuator,
} from "./actuation-store.ts";
import { mismatch } from "./idempotency.ts";
import { release } from "./release.ts";
import { recordStop, type StopUnderWay, sendAtOnce, stopUnderWay, untilRecorded } from "./request-stop.ts";

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

/** Actuators of one site that are finished for a person who asks again. */
const MAX_SITE_ACTUATORS = 10_000;
/** Actuators that are recorded at the same time. */
const RECORD_CONCURRENCY = 2;

/**
 * A person stops a whole site: every device is told at once, then it is recorded, the site first, so that nothing there starts
 * any more, also on actuators that come later. Stopping a stopped site says STOP again. Answers the ids of what was stopped;
 * where a key has its answer already, what that stop has not reached yet is stopped before.
 *
 * Throws `idempotency.mismatch` for a key that was used for another request: it stops all the same.
 */
export async function stopSite(actuation: Actuation, by: Requester, order: SiteStopOrder): Promise<readonly number[]> {
  const { urgentStore } = actuation;
  const asked = askedOf("STOP", by, order);
  const earlier = await keptAnswer(urgentStore, asked);
  if (earlier?.isSame) return finishKept(actuation, order.siteId, earlier);
  const actuators = await urgentStore.actuatorsOfSite(by.organizationId, order.siteId);
  const stops = actuators.map((actuator) => ({ actuator, stop: stopOf(actuation, by, order, actuator) }));
  await sendAll(actuation, stops);
  const actuatorIds = actuators.map(({ id }) => id);
  const { siteStopId, answer } = await recordSite(actuation, by, order, asked, actuatorIds);
  await recordAll(
    actuation,
    stops.map(({ actuator, stop }) => ({ actuator, stop: { ...stop, siteStopId } })),
  );
  return sameAnswer(answer, asked);
}

interface StopOfOne {
  readonly actuator: ActuatorPlace;
  readonly stop: StopUnderWay;
}

/** What could not be told at once is told when it is recorded. */
async function sendAll(actuation: Actuation, stops: readonly StopOfOne[]): Promise<void> {
  await Promise.allSettled(stops.map(({ actuator, stop }) => sendAtOnce(actuation, actuator, stop)));
}

function recordAll(actuation: Actuation, stops: readonly StopOfOne[]): Promise<void> {
  return eachOf(stops, async ({ actuator, stop }) => {
    await recordStop(actuation, actuator, stop);
    actuation.onQueued(actuator.deviceId);
  });
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

function stopOf(
  actuation: Actuation,
  by: Requester,
  { reason }: Pick<SiteStopOrder, "reason">,
  actuator: ActuatorPlace,
): StopUnderWay {
  const { id: actuatorId } = actuator;
  return stopUnderWay(actuation, actuator, by, { actuatorId, reason }, { action: "STOP", actuatorId });
}

interface RecordedSite {
  readonly siteStopId: string;
  readonly answer: KeptSiteRequest;
}

/** The site, and the answer of the key. */
function recordSite(
  actuation: Actuation,
  by: Requester,
  { siteId, reason }: SiteStopOrder,
  asked: Asked,
  actuatorIds: readonly number[],
): Promise<RecordedSite> {
  const { organizationId, actor: stoppedBy } = by;
  // Made before the first attempt: by it the next one knows what is recorded already.
  const id = actuation.newId();
  const change = { action: "site.stop", subject: `site:${siteId}`, after: { reason } };
  return untilRecorded(() =>
    actuation.urgentStore.transaction(async (tx) => {
      const open = await tx.openSiteStop({ id, organizationId, siteId, stoppedBy, reason });
      const isRecorded = open.id === id && !open.isNew;
      if (!isRecorded) await actuation.recordChange(tx.client, by, change);
      return { siteStopId: open.id, answer: await keepAnswer(tx, asked, actuatorIds) };
    }),
  );
}

/** Whoever recorded the answer may have died right after it, or may still be at it. */
async function finishKept(
  actuation: Actuation,
  siteId: number,
  { actuatorIds }: KeptSiteRequest,
): Promise<readonly number[]> {
  const filter = { siteId, stoppedMsAgo: 0, limit: MAX_SITE_ACTUATORS };
  const unreached = await actuation.urgentStore.unreachedBySiteStops(filter);
  await stopUnreached(
    actuation,
    unreached.filter(({ actuator: { id } }) => actuatorIds.includes(id)),
  );
  return actuatorIds;
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
/** A younger stop is left to whoever is at it. */
export const FINISH_AFTER_MS = 5_000;

/** What a stop that died midway has left, and what has come to a stopped site since, is stopped and held as well. */
export async function finishSiteStops(actuation: Actuation): Promise<void> {
  const filter = { stoppedMsAgo: FINISH_AFTER_MS, limit: FINISH_LIMIT };
  await stopUnreached(actuation, await actuation.store.unreachedBySiteStops(filter));
}

async function stopUnreached(actuation: Actuation, unreached: readonly UnreachedActuator[]): Promise<void> {
  const stops = unreached.map(({ actuator, siteStopId, stoppedBy, reason }) => {
    const by = { organizationId: actuator.organizationId, actor: stoppedBy };
    const stop = stopOf(actuation, by, { reason: reason ?? undefined }, actuator);
    return { actuator, stop: { ...stop, siteStopId } };
  });
  await sendAll(actuation, stops);
  await recordAll(actuation, stops);
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

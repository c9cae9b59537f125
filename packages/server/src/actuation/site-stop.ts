import { SluiceError } from "@sluice/core/errors.ts";
import type { Actuation, Requester } from "./actuation.ts";
import type { ActuationTransaction, ActuatorPlace } from "./actuation-store.ts";
import { release } from "./release.ts";
import { recordStop, type StopUnderWay, sendAtOnce, stopUnderWay } from "./request-stop.ts";

export interface SiteStopOrder {
  readonly siteId: number;
  readonly reason?: string | undefined;
}

/** What a site's stop, or the end of one, has done. */
export interface StoppedSite {
  readonly siteStopId: string;
  readonly actuatorIds: readonly number[];
}

/** Actuators that are recorded at the same time. */
const RECORD_CONCURRENCY = 2;

/**
 * A person stops a whole site: every device is told at once, then it is recorded, the site first, so that nothing there starts
 * any more, also on actuators that come later. Stopping a stopped site says STOP again.
 */
export async function stopSite(actuation: Actuation, by: Requester, order: SiteStopOrder): Promise<StoppedSite> {
  const { urgentStore } = actuation;
  const actuators = await urgentStore.actuatorsOfSite(by.organizationId, order.siteId);
  const stops = actuators.map((actuator) => ({ actuator, stop: stopOf(actuation, by, order, actuator) }));
  await Promise.all(stops.map(({ actuator, stop }) => sendAtOnce(actuation, actuator, stop)));
  const siteStopId = await urgentStore.transaction((tx) => recordSite(actuation, tx, by, order));
  await eachOf(stops, async ({ actuator, stop }) => {
    await recordStop(actuation, actuator, { ...stop, siteStopId });
    actuation.onQueued(actuator.deviceId);
  });
  return { siteStopId, actuatorIds: actuators.map(({ id }) => id) };
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
 * ended by asking again. Throws `site.not_stopped`.
 */
export async function releaseSite(actuation: Actuation, by: Requester, siteId: number): Promise<readonly number[]> {
  const { store } = actuation;
  const siteStopId = await store.transaction((tx) => endSiteStop(actuation, tx, by, siteId));
  const held = await store.heldByEndedSiteStops(by.organizationId, siteId);
  if (siteStopId === undefined && held.length === 0) {
    throw new SluiceError("conflict", "site.not_stopped", "This site is not stopped.", { details: { siteId } });
  }
  await eachOf(held, async ({ actuator, siteStopId }) => {
    await store.transaction(async (tx) => {
      await tx.lockActuator(actuator.id);
      const end = () => tx.releaseHolds(actuator.id, by.actor, { siteStopId });
      await release(actuation, tx, actuator, by, { action: "RELEASE", let: end });
    });
    actuation.onQueued(actuator.deviceId);
  });
  return [...new Set(held.map(({ actuator }) => actuator.id))];
}

async function endSiteStop(
  actuation: Actuation,
  tx: ActuationTransaction,
  by: Requester,
  siteId: number,
): Promise<string | undefined> {
  const id = await tx.releaseSiteStop(by.organizationId, siteId, by.actor);
  if (id === undefined) return undefined;
  await actuation.recordChange(tx.client, by, { action: "site.release", subject: `site:${siteId}` });
  return id;
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

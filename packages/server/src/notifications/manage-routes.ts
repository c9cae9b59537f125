import { SluiceError } from "@sluice/core/errors.ts";
import type { PoolClient } from "pg";
import { findSite, isTimeZone } from "../devices/index.ts";
import { inTransaction } from "../platform/postgres.ts";
import { requireChannel } from "./manage-channels.ts";
import { NOTICE_EVENTS, type NoticeEvent } from "./notice.ts";
import type { Notifications, Queryable, Requester } from "./notifications.ts";
import { minuteOfDay, type QuietHours } from "./quiet-hours.ts";
import {
  type EscalationStep,
  MAX_ESCALATION_MINUTES,
  MAX_ESCALATION_STEPS,
  MAX_ROUTE_CHANNELS,
  MAX_ROUTES,
  type Route,
  type RouteMatch,
  type RouteTemplates,
} from "./route.ts";
import {
  countRoutes,
  deleteRouteRow,
  findRoute,
  insertRoute,
  lockRoute,
  makeRoom,
  type RouteContent,
  updateRouteRow,
} from "./route-store.ts";
import { validateTemplate } from "./template.ts";

/** What is absent has its usual value in a new route, and stays as it is in a changed one. */
export interface RouteDraft {
  readonly name?: string | undefined;
  /** Whoever is there moves on; a new route comes last when this is absent. */
  readonly position?: number | undefined;
  readonly isEnabled?: boolean | undefined;
  readonly match?: Partial<RouteMatch> | undefined;
  readonly channels?: readonly number[] | undefined;
  readonly escalation?: readonly EscalationStep[] | undefined;
  readonly continues?: boolean | undefined;
  readonly quietHours?: QuietHours | null | undefined;
  readonly groupBy?: Route["groupBy"] | undefined;
  readonly groupWindowMs?: number | undefined;
  readonly templates?: RouteTemplates | undefined;
}

const USUAL_EVENTS: readonly NoticeEvent[] = ["fired", "resolved", "re-alarmed", "unshelved"];
const USUAL_MATCH: RouteMatch = { minSeverity: "warning", sites: null, rules: null, events: USUAL_EVENTS };

/**
 * Throws what is wrong with it: `route.channels_missing`, `route.escalation_cycle`, `route.escalation_order`,
 * `route.template_invalid`, `route.quiet_hours_invalid`, `channel.unknown` (of another organization, too), `site.unknown`.
 */
export async function createRoute(
  notifications: Notifications,
  by: Requester,
  draft: RouteDraft & { readonly name: string },
): Promise<Route> {
  const content = contentOf(draft, undefined);
  return inTransaction(notifications.pool, async (client) => {
    if ((await countRoutes(client, by.organizationId)) >= MAX_ROUTES) {
      throw new SluiceError("conflict", "route.too_many", `An organization has at most ${MAX_ROUTES} routes.`);
    }
    await assertKnown(client, by.organizationId, content);
    const id = await insertRoute(client, by.organizationId, content);
    if (draft.position !== undefined) await makeRoom(client, by.organizationId, draft.position, id);
    const route = await requireRoute(client, by.organizationId, id);
    await notifications.recordChange(client, by, { action: "route.create", subject: `route:${id}`, after: route });
    return route;
  });
}

/** Throws as `createRoute` does. Escalations that wait take the steps that the route has when they are due. */
export async function updateRoute(
  notifications: Notifications,
  by: Requester,
  id: number,
  draft: RouteDraft,
): Promise<Route> {
  return inTransaction(notifications.pool, async (client) => {
    await lockRoute(client, by.organizationId, id);
    const before = await requireRoute(client, by.organizationId, id);
    by.assertSeen?.(before);
    const content = contentOf(draft, before);
    await assertKnown(client, by.organizationId, content);
    await updateRouteRow(client, by.organizationId, id, content);
    if (draft.position !== undefined) await makeRoom(client, by.organizationId, draft.position, id);
    const after = await requireRoute(client, by.organizationId, id);
    await notifications.recordChange(client, by, { action: "route.update", subject: `route:${id}`, before, after });
    return after;
  });
}

/** What it has queued is told all the same; what it would have escalated is not. */
export async function deleteRoute(notifications: Notifications, by: Requester, id: number): Promise<void> {
  await inTransaction(notifications.pool, async (client) => {
    await lockRoute(client, by.organizationId, id);
    const before = await requireRoute(client, by.organizationId, id);
    by.assertSeen?.(before);
    await deleteRouteRow(client, by.organizationId, id);
    await notifications.recordChange(client, by, { action: "route.delete", subject: `route:${id}`, before });
  });
}

export async function requireRoute(db: Queryable, organizationId: number, id: number): Promise<Route> {
  const found = await findRoute(db, organizationId, id);
  if (found === undefined) {
    throw new SluiceError("not-found", "route.unknown", "There is no such notification route.", {
      details: { route: id },
    });
  }
  const { disabledChannels: _disabled, ...route } = found;
  return route;
}

function contentOf(draft: RouteDraft, before: Route | undefined): RouteContent {
  const content: RouteContent = {
    name: draft.name ?? before?.name ?? "",
    position: draft.position,
    isEnabled: draft.isEnabled ?? before?.isEnabled ?? true,
    match: { ...USUAL_MATCH, ...before?.match, ...withoutAbsent(draft.match ?? {}) },
    channels: draft.channels ?? before?.channels ?? [],
    escalation: draft.escalation ?? before?.escalation ?? [],
    continues: draft.continues ?? before?.continues ?? false,
    quietHours: draft.quietHours === undefined ? (before?.quietHours ?? null) : draft.quietHours,
    groupBy: draft.groupBy ?? before?.groupBy ?? "site",
    groupWindowMs: draft.groupWindowMs ?? before?.groupWindowMs ?? 0,
    templates: draft.templates ?? before?.templates ?? {},
  };
  assertEvents(content.match.events);
  assertChannels(content);
  if (content.quietHours !== null) assertQuietHours(content.quietHours);
  assertTemplates(content.templates);
  return content;
}

function withoutAbsent(match: Partial<RouteMatch>): Partial<RouteMatch> {
  return Object.fromEntries(Object.entries(match).filter(([, value]) => value !== undefined));
}

function assertEvents(events: readonly NoticeEvent[]): void {
  if (events.length > 0 && !events.includes("escalated")) return;
  throw invalid(
    "route.events_invalid",
    `Name some of ${NOTICE_EVENTS.filter((event) => event !== "escalated").join(", ")}. What is escalated goes to the channels of its step and to no route, so that no escalation begins another.`,
  );
}

/** A channel occurs once: an escalation that came back to a channel would go in circles, and tell nobody new. */
function assertChannels({ channels, escalation }: RouteContent): void {
  const all = [...channels, ...escalation.flatMap((step) => step.channels)];
  if (channels.length === 0) throw invalid("route.channels_missing", "Name at least one channel.");
  if (all.length > MAX_ROUTE_CHANNELS) {
    throw invalid(
      "route.channels_too_many",
      `A route has at most ${MAX_ROUTE_CHANNELS} channels, its escalation included.`,
    );
  }
  const again = all.find((channel, index) => all.indexOf(channel) !== index);
  if (again !== undefined) {
    throw new SluiceError(
      "invalid",
      "route.escalation_cycle",
      `Channel ${again} occurs twice: an escalation goes on to other channels and never back. Take it out of the later step.`,
      { details: { channel: again } },
    );
  }
  assertSteps(escalation);
}

function assertSteps(steps: readonly EscalationStep[]): void {
  if (steps.length > MAX_ESCALATION_STEPS) {
    throw invalid("route.escalation_too_long", `An escalation has at most ${MAX_ESCALATION_STEPS} steps.`);
  }
  for (const [index, { afterMinutes, channels }] of steps.entries()) {
    if (channels.length === 0) throw invalid("route.channels_missing", "Name at least one channel in each step.");
    const earliest = steps[index - 1]?.afterMinutes ?? 0;
    const isGood = Number.isInteger(afterMinutes) && afterMinutes > earliest && afterMinutes <= MAX_ESCALATION_MINUTES;
    if (isGood) continue;
    throw invalid(
      "route.escalation_order",
      `Each step comes whole minutes after the one before, and at most ${MAX_ESCALATION_MINUTES} after the beginning; ${afterMinutes} is not.`,
    );
  }
}

function assertQuietHours({ timeZone, from, to }: QuietHours): void {
  if (!isTimeZone(timeZone)) {
    throw invalid("time_zone.unknown", `"${timeZone}" is no IANA time zone, such as "Europe/Berlin" or "UTC".`);
  }
  const wrong = [from, to].find((time) => minuteOfDay(time) === undefined);
  if (wrong !== undefined) {
    throw invalid("route.quiet_hours_invalid", `"${wrong}" is no time of day, such as "22:00".`);
  }
  if (from === to) {
    throw invalid(
      "route.quiet_hours_invalid",
      "Quiet hours end at another time than they begin. Disable the route to silence it.",
    );
  }
}

function assertTemplates(templates: RouteTemplates): void {
  for (const [kind, { subject, body }] of Object.entries(templates)) {
    if (subject !== undefined) validateTemplate(`${kind}.subject`, subject);
    if (body !== undefined) validateTemplate(`${kind}.body`, body);
  }
}

/** Channels and sites of its own organization: those of another one are as unknown as those that never were. */
async function assertKnown(client: PoolClient, organizationId: number, content: RouteContent): Promise<void> {
  for (const channel of [...content.channels, ...content.escalation.flatMap((step) => step.channels)]) {
    await requireChannel(client, organizationId, channel);
  }
  for (const site of content.match.sites ?? []) {
    if ((await findSite(client, organizationId, site)) !== undefined) continue;
    throw new SluiceError("not-found", "site.unknown", "There is no such site.", { details: { site } });
  }
}

function invalid(code: string, message: string): SluiceError {
  return new SluiceError("invalid", code, message);
}

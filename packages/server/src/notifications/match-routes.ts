import { isAtLeast, isUrgent, type Notice } from "./notice.ts";
import { type QuietHours, quietUntilMs } from "./quiet-hours.ts";
import { GIVE_UP_AFTER_MS } from "./retry-policy.ts";
import type { Grouping, Route } from "./route.ts";

/** A route, with which of its channels are switched off. */
export interface LiveRoute extends Route {
  readonly disabledChannels: readonly number[];
}

/** A delivery as it begins. */
export interface NewDelivery {
  readonly organizationId: number;
  readonly noticeId: string;
  readonly channelId: number;
  readonly routeId: number;
  readonly isUrgent: boolean;
  readonly groupKey: string;
  readonly state: "pending" | "suppressed";
  readonly reason: string | undefined;
  readonly nextAttemptAtMs: number;
  readonly giveUpAtMs: number;
  /** Joins the window of what already waits in its group. */
  readonly isGrouped: boolean;
}

export interface NewEscalation {
  readonly organizationId: number;
  readonly alertId: string;
  readonly routeId: number;
  readonly noticeId: string;
  readonly afterMs: number;
  readonly dueAtMs: number;
}

const MINUTE_MS = 60_000;

/** The routes that take a notice: the first that matches, and those after it while they continue. */
export function matchingRoutes<R extends Route>(routes: readonly R[], notice: Notice): R[] {
  const matching: R[] = [];
  for (const route of routes) {
    if (!matches(route, notice)) continue;
    matching.push(route);
    if (!route.continues) break;
  }
  return matching;
}

function matches({ isEnabled, organizationId, match }: Route, notice: Notice): boolean {
  return (
    isEnabled &&
    organizationId === notice.organizationId &&
    isAtLeast(notice.severity, match.minSeverity) &&
    match.events.includes(notice.event) &&
    isAmong(match.sites, notice.siteId) &&
    isAmong(match.rules, notice.ruleId)
  );
}

function isAmong(ids: readonly number[] | null, id: number | null): boolean {
  return ids === null || (id !== null && ids.includes(id));
}

/** When the quiet hours of a route end, once for all notices of a time. */
export function createQuietFinder(nowMs: number): (hours: QuietHours) => number | undefined {
  const known = new Map<QuietHours, number | undefined>();
  return (hours) => {
    if (!known.has(hours)) known.set(hours, quietUntilMs(hours, nowMs));
    return known.get(hours);
  };
}

/** What a route makes of a notice at once. */
export function deliveriesOf(
  route: LiveRoute,
  notice: Notice,
  channels: readonly number[],
  nowMs: number,
  quietUntil: (hours: QuietHours) => number | undefined,
): NewDelivery[] {
  const quiet = quietOf(route, notice, quietUntil);
  const isGrouped = route.groupWindowMs > 0 && !isUrgent(notice.severity);
  const startMs = Math.max(nowMs + (isGrouped ? route.groupWindowMs : 0), quiet?.untilMs ?? 0);
  return channels.map((channelId) => {
    const reason = suppressionOf(route, channelId, quiet);
    return {
      organizationId: notice.organizationId,
      noticeId: notice.id,
      channelId,
      routeId: route.id,
      isUrgent: isUrgent(notice.severity),
      groupKey: groupKeyOf(route.groupBy, notice),
      state: reason === undefined ? "pending" : "suppressed",
      reason,
      nextAttemptAtMs: startMs,
      giveUpAtMs: startMs + GIVE_UP_AFTER_MS,
      isGrouped,
    };
  });
}

/** Its steps, counted from when the first channels are told. A route that keeps silent for good does not escalate. */
export function escalationsOf(
  route: LiveRoute,
  notice: Notice,
  nowMs: number,
  quietUntil: (hours: QuietHours) => number | undefined,
): NewEscalation[] {
  const quiet = quietOf(route, notice, quietUntil);
  if (quiet?.action === "suppress") return [];
  return route.escalation.map(({ afterMinutes }) => ({
    organizationId: notice.organizationId,
    alertId: notice.alertId,
    routeId: route.id,
    noticeId: notice.id,
    afterMs: afterMinutes * MINUTE_MS,
    dueAtMs: Math.max(nowMs, quiet?.untilMs ?? 0) + afterMinutes * MINUTE_MS,
  }));
}

interface Quiet {
  readonly untilMs: number;
  readonly action: QuietHours["action"];
}

function quietOf(
  { quietHours }: Route,
  { severity }: Notice,
  quietUntil: (hours: QuietHours) => number | undefined,
): Quiet | undefined {
  if (quietHours === null || quietHours.breakThrough.includes(severity)) return undefined;
  const untilMs = quietUntil(quietHours);
  return untilMs === undefined ? undefined : { untilMs, action: quietHours.action };
}

function suppressionOf(route: LiveRoute, channelId: number, quiet: Quiet | undefined): string | undefined {
  if (route.disabledChannels.includes(channelId)) return "The channel is disabled.";
  return quiet?.action === "suppress" ? "It fell into the quiet hours of its route." : undefined;
}

function groupKeyOf(groupBy: Grouping, { siteId, ruleId, alertId }: Notice): string {
  if (groupBy === "site") return `site:${siteId ?? "none"}`;
  if (groupBy === "rule") return `rule:${ruleId ?? "none"}`;
  return groupBy === "alert" ? `alert:${alertId}` : "all";
}

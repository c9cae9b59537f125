import type { AlertSeverity } from "@sluice/core/alerts/alert-policy.ts";
import type { PoolClient } from "pg";
import type { LiveRoute } from "./match-routes.ts";
import type { NoticeEvent } from "./notice.ts";
import type { Queryable } from "./notifications.ts";
import type { QuietHours } from "./quiet-hours.ts";
import type { Route, RouteTemplates } from "./route.ts";

interface RouteRow extends Omit<Route, "match" | "channels" | "escalation"> {
  readonly minSeverity: AlertSeverity;
  readonly sites: number[] | null;
  readonly rules: number[] | null;
  readonly events: NoticeEvent[];
  readonly quietHours: QuietHours | null;
  readonly templates: RouteTemplates;
  readonly places: readonly { channel: number; afterMs: number; isEnabled: boolean }[];
}

const ROUTE = `
  select r.id, r.organization_id as "organizationId", r.name, r.position, r.is_enabled as "isEnabled",
         r.min_severity as "minSeverity", r.site_ids as sites, r.rule_ids as rules, r.events, r.continues,
         r.quiet_hours as "quietHours", r.group_by as "groupBy", r.group_window_ms as "groupWindowMs", r.templates,
         r.created_at as "createdAt",
         (select coalesce(jsonb_agg(jsonb_build_object('channel', c.id, 'afterMs', p.after_ms, 'isEnabled', c.is_enabled)
                                    order by p.after_ms, c.id), '[]')
            from notification_route_channel p join channel c on c.id = p.channel_id
           where p.route_id = r.id) as places
    from notification_route r`;

const MINUTE_MS = 60_000;

/** In the order in which they are tried. */
export async function listRoutes(
  db: Queryable,
  organizationId: number,
  page: { readonly after?: { readonly position: number; readonly id: number } | undefined; readonly limit: number },
): Promise<Route[]> {
  const { rows } = await db.query<RouteRow>(
    `${ROUTE}
      where r.organization_id = $1 and (r.position, r.id) > ($2::int, $3::int)
      order by r.position, r.id
      limit $4`,
    [organizationId, page.after?.position ?? 0, page.after?.id ?? 0, page.limit],
  );
  return rows.map(routeOf);
}

/** Those that may take a notice, of several organizations. */
export async function listLiveRoutes(client: PoolClient, organizationIds: readonly number[]): Promise<LiveRoute[]> {
  const { rows } = await client.query<RouteRow>({
    name: "list_live_routes",
    text: `${ROUTE} where r.organization_id = any($1) and r.is_enabled order by r.position, r.id`,
    values: [organizationIds],
  });
  return rows.map(liveRouteOf);
}

export async function findRoute(db: Queryable, organizationId: number, id: number): Promise<LiveRoute | undefined> {
  const { rows } = await db.query<RouteRow>(`${ROUTE} where r.organization_id = $1 and r.id = $2`, [
    organizationId,
    id,
  ]);
  return rows[0] && liveRouteOf(rows[0]);
}

/** Makes changes of one route wait for each other. */
export async function lockRoute(client: PoolClient, organizationId: number, id: number): Promise<void> {
  await client.query("select 1 from notification_route where organization_id = $1 and id = $2 for no key update", [
    organizationId,
    id,
  ]);
}

export async function countRoutes(client: PoolClient, organizationId: number): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    "select count(*) from notification_route where organization_id = $1",
    [organizationId],
  );
  return rows[0]!.count;
}

/** Whoever is at a position, and those after it, move on by one. */
export async function makeRoom(
  client: PoolClient,
  organizationId: number,
  position: number,
  id: number,
): Promise<void> {
  await client.query(
    `update notification_route set position = position + 1
      where organization_id = $1 and id <> $3 and position >= $2
        and exists (select 1 from notification_route where organization_id = $1 and id <> $3 and position = $2)`,
    [organizationId, position, id],
  );
}

/** What is stored of a route apart from its number; without a position it comes last. */
export type RouteContent = Omit<Route, "id" | "organizationId" | "createdAt" | "position"> & {
  readonly position: number | undefined;
};

export async function insertRoute(client: PoolClient, organizationId: number, route: RouteContent): Promise<number> {
  const { rows } = await client.query<{ id: number }>(
    `insert into notification_route (organization_id, name, position, is_enabled, min_severity, site_ids, rule_ids, events,
            continues, quiet_hours, group_by, group_window_ms, templates)
     values ($1, $2, coalesce($3, (select coalesce(max(position), 0) + 1 from notification_route where organization_id = $1)),
             $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
     returning id`,
    [organizationId, ...valuesOf(route)],
  );
  await replacePlaces(client, organizationId, rows[0]!.id, route);
  return rows[0]!.id;
}

export async function updateRouteRow(
  client: PoolClient,
  organizationId: number,
  id: number,
  route: RouteContent,
): Promise<void> {
  await client.query(
    `update notification_route
        set name = $3, position = coalesce($4, position), is_enabled = $5, min_severity = $6, site_ids = $7, rule_ids = $8,
            events = $9, continues = $10, quiet_hours = $11, group_by = $12, group_window_ms = $13, templates = $14
      where organization_id = $1 and id = $2`,
    [organizationId, id, ...valuesOf(route)],
  );
  await client.query("delete from notification_route_channel where route_id = $1", [id]);
  await replacePlaces(client, organizationId, id, route);
}

export async function deleteRouteRow(client: PoolClient, organizationId: number, id: number): Promise<void> {
  await client.query("delete from notification_route where organization_id = $1 and id = $2", [organizationId, id]);
}

function valuesOf(route: RouteContent): unknown[] {
  const { match } = route;
  return [
    route.name,
    route.position,
    route.isEnabled,
    match.minSeverity,
    match.sites,
    match.rules,
    match.events,
    route.continues,
    route.quietHours && JSON.stringify(route.quietHours),
    route.groupBy,
    route.groupWindowMs,
    JSON.stringify(route.templates),
  ];
}

async function replacePlaces(
  client: PoolClient,
  organizationId: number,
  id: number,
  route: RouteContent,
): Promise<void> {
  const places = [
    ...route.channels.map((channel) => ({ channel, afterMs: 0 })),
    ...route.escalation.flatMap(({ afterMinutes, channels }) =>
      channels.map((channel) => ({ channel, afterMs: afterMinutes * MINUTE_MS })),
    ),
  ];
  await client.query(
    `insert into notification_route_channel (organization_id, route_id, channel_id, after_ms)
     select $1, $2, p.channel, p."afterMs" from jsonb_to_recordset($3) as p(channel int, "afterMs" int)`,
    [organizationId, id, JSON.stringify(places)],
  );
}

function routeOf(row: RouteRow): Route {
  const { minSeverity, sites, rules, events, places, ...rest } = row;
  const steps = Map.groupBy(
    places.filter(({ afterMs }) => afterMs > 0),
    ({ afterMs }) => afterMs,
  );
  return {
    ...rest,
    match: { minSeverity, sites, rules, events },
    channels: places.filter(({ afterMs }) => afterMs === 0).map(({ channel }) => channel),
    escalation: [...steps].map(([afterMs, members]) => ({
      afterMinutes: afterMs / MINUTE_MS,
      channels: members.map(({ channel }) => channel),
    })),
  };
}

function liveRouteOf(row: RouteRow): LiveRoute {
  const disabled = row.places.filter(({ isEnabled }) => !isEnabled);
  return { ...routeOf(row), disabledChannels: disabled.map(({ channel }) => channel) };
}

import type { AlertSeverity } from "@sluice/core/alerts/alert-policy.ts";
import { type CommandState, isLive } from "@sluice/core/commands/command.ts";
import { SluiceError } from "@sluice/core/errors.ts";
import { type CommandView, listCommands } from "../../actuation/index.ts";
import { type AlertView, listAlerts } from "../../alerts/index.ts";
import { type Device, listDevices } from "../../devices/index.ts";
import { type LatestView, latestView } from "../latest-view.ts";
import { builder } from "./builder.ts";
import { serialId } from "./checked.ts";
import { deviceUnknown, type GraphContext, requireDeviceByUid } from "./context.ts";
import { access } from "./guard-schema.ts";
import { MAX_OPEN_ITEMS, subscribeItems } from "./live-items.ts";
import { openLiveQueue } from "./live-queue.ts";
import { AlertRef, CommandRef, DeviceRef, SeverityEnum } from "./refs.ts";

/** Devices that one subscription watches. */
export const MAX_WATCHED_DEVICES = 1_000;

const ReadingValue = builder
  .objectRef<{ readonly metric: string; readonly value: number; readonly invalid: readonly string[] }>("ReadingValue")
  .implement({
    ...access("telemetry:read"),
    fields: (t) => ({
      metric: t.exposeString("metric"),
      value: t.exposeFloat("value"),
      invalid: t.exposeStringList("invalid"),
    }),
  });

const ReadingsRef = builder.objectRef<LatestView>("Readings").implement({
  ...access("telemetry:read"),
  description: "The newest value of each metric of a device.",
  fields: (t) => ({
    uid: t.string({ resolve: ({ device }) => device }),
    at: t.field({
      type: "DateTime",
      nullable: true,
      resolve: ({ ts }) => (ts === null ? null : new Date(ts)),
    }),
    values: t.field({
      type: [ReadingValue],
      resolve: ({ values, invalid }) =>
        Object.entries(values).map(([metric, value]) => ({ metric, value, invalid: invalid?.[metric] ?? [] })),
    }),
    device: t.field({ type: DeviceRef, resolve: ({ device }, _args, context) => requireDeviceByUid(context, device) }),
  }),
});

async function watchedDevices(
  { deps, organizationId, loaders }: GraphContext,
  uids: readonly string[] | undefined,
  site: string | undefined,
): Promise<readonly Device[]> {
  if ((uids === undefined) === (site === undefined)) {
    throw new SluiceError("invalid", "stream.unnamed", "Name devices or a site: one of them.");
  }
  if (uids !== undefined && uids.length <= MAX_WATCHED_DEVICES) {
    return Promise.all(
      [...new Set(uids)].map(async (uid) => {
        const device = await loaders.deviceByUid.load(uid);
        if (device === null) throw deviceUnknown({ uid });
        return device;
      }),
    );
  }
  const filter = { site, status: "active", limit: MAX_WATCHED_DEVICES + 1 } as const;
  const devices = uids === undefined ? await listDevices(deps.pool, organizationId, filter) : [];
  if (uids === undefined && devices.length <= MAX_WATCHED_DEVICES) return devices;
  throw new SluiceError("limit", "stream.too_many_devices", `Watch at most ${MAX_WATCHED_DEVICES} devices at once.`, {
    details: { limit: MAX_WATCHED_DEVICES },
  });
}

/** Of those that ever said anything. */
async function currentViews(
  { deps }: GraphContext,
  { deviceIds, metrics }: { readonly deviceIds: readonly number[]; readonly metrics: readonly string[] | undefined },
): Promise<LatestView[]> {
  const devices = await deps.directory.resolveIds(deviceIds);
  const latest = await deps.telemetry.latestOf(deviceIds);
  const keys = metrics && new Set(metrics);
  return [...devices.values()].flatMap((device) => {
    const message = latest.get(device.id);
    return message === undefined ? [] : [latestView(device, message, keys)];
  });
}

builder.subscriptionFields((t) => ({
  readings: t.field({
    ...access("telemetry:read"),
    type: ReadingsRef,
    description:
      "The newest values of each device now, and whenever they have changed, some ten times a second at most.",
    args: {
      devices: t.arg.stringList({ description: "Uids." }),
      site: t.arg.string({ description: "Slug: its active devices, as they are now." }),
      metrics: t.arg.stringList({ description: "Keys; all when absent." }),
    },
    subscribe: async (_root, { devices: uids, site, metrics }, context) => {
      const devices = await watchedDevices(context, uids ?? undefined, site ?? undefined);
      const { queue, onEnd } = openLiveQueue<LatestView>(context, "telemetry:read");
      const request = {
        organizationId: context.organizationId,
        deviceIds: devices.map(({ id }) => id),
        metrics: metrics ?? undefined,
      };
      let isStarting = true;
      const changed = new Set<string>();
      try {
        onEnd(
          await context.deps.liveEvents.subscribeReadings(request, (view) => {
            if (isStarting) changed.add(view.device);
            queue.push(view.device, view);
          }),
        );
        for (const view of await currentViews(context, request))
          if (!changed.has(view.device)) queue.push(view.device, view);
        isStarting = false;
      } catch (error) {
        queue.end();
        throw error;
      }
      return queue;
    },
    resolve: (view) => view,
  }),
  alerts: t.field({
    ...access("alerts:read"),
    type: AlertRef,
    description: "Those that are open now, and whenever one has changed.",
    args: { severity: t.arg({ type: [SeverityEnum] }), site: t.arg.string({ description: "Slug." }) },
    subscribe: (_root, { severity, site }, context) => {
      const { deps, organizationId } = context;
      const severities = (severity as AlertSeverity[] | null) ?? undefined;
      const filter = { isOpen: true, severities, site: site ?? undefined, limit: MAX_OPEN_ITEMS };
      return subscribeItems<AlertView>(context, "alert", "alerts:read", {
        open: () => listAlerts(deps.pool, organizationId, filter),
        byIds: (ids) => listAlerts(deps.pool, organizationId, { ids, limit: ids.length }),
        isOpen: ({ open }) => open,
        isWanted: (alert) => (severities?.includes(alert.severity) ?? true) && (site == null || alert.site === site),
      });
    },
    resolve: (alert) => alert,
  }),
  commands: t.field({
    ...access("actuation:read"),
    type: CommandRef,
    description: "Those that have not ended, and whenever one has changed.",
    args: { actuator: t.arg.id() },
    subscribe: (_root, { actuator }, context) => {
      const { deps, organizationId } = context;
      const actuatorId = actuator == null ? undefined : serialId(actuator);
      const filter = { actuatorId, isOpen: true, limit: MAX_OPEN_ITEMS } as const;
      return subscribeItems<CommandView>(context, "command", "actuation:read", {
        open: () => listCommands(deps.pool, organizationId, filter),
        byIds: (ids) => listCommands(deps.pool, organizationId, { ids, limit: ids.length }),
        isOpen: ({ state }) => isLive(state as CommandState),
        isWanted: ({ actuator: id }) => actuatorId === undefined || id === actuatorId,
      });
    },
    resolve: (command) => command,
  }),
}));

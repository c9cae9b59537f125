import { type Fault, faultsOf } from "@sluice/core/telemetry/validity.ts";
import { signedPower } from "@sluice/solutions/home-energy/profiles.ts";
import { type Device, deviceTypeOf, type Metric } from "../../devices/index.ts";
import { energyRoleOf } from "../../energy/index.ts";
import { newestValid } from "../../telemetry/index.ts";
import { formatTime } from "../query-time.ts";
import { builder } from "./builder.ts";
import type { GraphContext } from "./context.ts";
import { access } from "./guard-schema.ts";
import { DeviceRef } from "./refs.ts";

interface LatestMetric {
  readonly metric: Metric;
  readonly value: number;
  readonly timeMicros: number;
  readonly faults: readonly Fault[];
}

export const LatestMetricRef = builder.objectRef<LatestMetric>("LatestValue").implement({
  ...access("telemetry:read"),
  fields: (t) => ({
    metric: t.string({ resolve: ({ metric }) => metric.key }),
    unit: t.string({ nullable: true, resolve: ({ metric }) => metric.unit }),
    value: t.exposeFloat("value"),
    at: t.field({ type: "DateTime", resolve: ({ timeMicros }) => formatTime(timeMicros) }),
    invalid: t.stringList({
      description: "What is wrong with it, if it cannot be what the sensor measured: range, flatline, spike.",
      resolve: ({ faults }) => faults,
    }),
  }),
});

export async function latestMetrics(device: Device, { loaders }: GraphContext): Promise<LatestMetric[]> {
  const latest = await loaders.latest.load(device.id);
  if (latest === null) return [];
  const byNumber = new Map((await metricsOf(device, loaders)).map((metric) => [metric.number, metric]));
  return [...latest.values].flatMap(([number, { value, timeMicros, flags }]) => {
    const metric = byNumber.get(number);
    if (metric === undefined || Number.isNaN(value)) return [];
    return [{ metric, value, timeMicros, faults: flags === undefined ? [] : faultsOf(flags) }];
  });
}

export async function metricsOf(device: Device, loaders: GraphContext["loaders"]): Promise<readonly Metric[]> {
  const profile = await loaders.profile.load(device.profile);
  return profile === null ? [] : loaders.metrics.load(profile.id);
}

/** The newest valid value of a metric; null where the device has none. */
async function newestValueOf(device: Device, { loaders }: GraphContext, key: string): Promise<number | null> {
  const latest = await loaders.latest.load(device.id);
  if (latest === null) return null;
  const number = (await metricsOf(device, loaders)).find((metric) => metric.key === key)?.number;
  return number === undefined ? null : (newestValid(latest.values.get(number))?.value ?? null);
}

export async function powerOf(device: Device, context: GraphContext): Promise<number | null> {
  const power = await newestValueOf(device, context, "power");
  const role = energyRoleOf(device.profile);
  return power === null || role === undefined ? power : signedPower(role, power);
}

/** Below this a device's electronics are all that runs. */
const IDLE_WATTS = 5;

const STATES: Readonly<Record<string, readonly [giving: string, taking: string, neither: string]>> = {
  SOLAR_PANEL: ["PRODUCING", "IDLE", "IDLE"],
  BATTERY: ["DISCHARGING", "CHARGING", "IDLE"],
  EV: ["DISCHARGING", "CHARGING", "IDLE"],
  APPLIANCE: ["OFF", "ON", "OFF"],
  GRID_METER: ["IMPORTING", "EXPORTING", "IDLE"],
};

async function stateOf(device: Device, context: GraphContext): Promise<string | null> {
  const latest = await context.loaders.latest.load(device.id);
  const said: unknown = latest?.extras === undefined ? undefined : JSON.parse(latest.extras).state;
  if (typeof said === "string") return said;
  const words = STATES[deviceTypeOf(device.profile)];
  const power = await powerOf(device, context);
  if (words === undefined || power === null) return null;
  return Math.abs(power) < IDLE_WATTS ? words[2] : power > 0 ? words[0] : words[1];
}

builder.objectFields(DeviceRef, (t) => ({
  latest: t.field({
    ...access("telemetry:read"),
    type: [LatestMetricRef],
    description: "The newest value of each metric.",
    args: { metrics: t.arg.stringList({ description: "Keys; all when absent." }) },
    resolve: async (device, { metrics }, context) => {
      const values = await latestMetrics(device, context);
      return metrics == null ? values : values.filter(({ metric }) => metrics.includes(metric.key));
    },
  }),
  lastMessageAt: t.field({
    ...access("telemetry:read"),
    type: "DateTime",
    nullable: true,
    resolve: async ({ id }, _args, { loaders }) => {
      const latest = await loaders.latest.load(id);
      return latest === null ? null : formatTime(latest.timeMicros);
    },
  }),
  currentState: t.string({
    ...access("telemetry:read"),
    nullable: true,
    description: "What the device says of its state; else, of a device in a home, what its power shows.",
    resolve: (device, _args, context) => stateOf(device, context),
  }),
  currentPowerWatts: t.float({
    ...access("telemetry:read"),
    nullable: true,
    description: "What it gives is positive, what it takes is negative.",
    resolve: (device, _args, context) => powerOf(device, context),
  }),
  chargePercentage: t.float({
    ...access("telemetry:read"),
    nullable: true,
    resolve: (device, _args, context) => newestValueOf(device, context, "charge"),
  }),
}));

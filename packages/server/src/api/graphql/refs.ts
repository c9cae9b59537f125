import { ALERT_SEVERITIES } from "@sluice/core/alerts/alert-policy.ts";
import type { ActuatorView, CommandView } from "../../actuation/index.ts";
import type { AlertView } from "../../alerts/index.ts";
import type { ExecutionView, RuleView, ScheduleView } from "../../automation/index.ts";
import {
  type Asset,
  DEVICE_TYPES,
  type Device,
  type DeviceStatus,
  type Metric,
  type Profile,
  type Site,
} from "../../devices/index.ts";
import { builder } from "./builder.ts";

/** Types that lead to one another, named before any of them says what it has. */
export const DeviceRef = builder.objectRef<Device>("Device");
export const SiteRef = builder.objectRef<Site>("Site");
export const AssetRef = builder.objectRef<Asset>("Asset");
export const ProfileRef = builder.objectRef<Profile>("Profile");
export const MetricRef = builder.objectRef<Metric>("Metric");
export const ActuatorRef = builder.objectRef<ActuatorView>("Actuator");
export const CommandRef = builder.objectRef<CommandView>("Command");
export const AlertRef = builder.objectRef<AlertView>("Alert");
export const RuleRef = builder.objectRef<RuleView>("Rule");
export const ScheduleRef = builder.objectRef<ScheduleView>("Schedule");
export const ExecutionRef = builder.objectRef<ExecutionView>("Execution");

export const DeviceTypeEnum = builder.enumType("DeviceType", {
  description: "By the device's profile; OTHER for a profile of one's own, and for a generic device.",
  values: DEVICE_TYPES,
});
export const DeviceStatusEnum = builder.enumType("DeviceStatus", {
  values: { ACTIVE: { value: "active" }, INACTIVE: { value: "inactive" } } satisfies Record<
    string,
    { value: DeviceStatus }
  >,
});
export const SeverityEnum = builder.enumType("AlertSeverity", {
  values: Object.fromEntries(ALERT_SEVERITIES.map((severity) => [severity.toUpperCase(), { value: severity }])),
});
export const AlertStateEnum = builder.enumType("AlertState", {
  values: { PENDING: { value: "pending" }, FIRING: { value: "firing" }, RESOLVED: { value: "resolved" } } as const,
});

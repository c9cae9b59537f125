import type { DeviceLimits } from "@sluice/core/commands/messages.ts";

/** What a profile says of one of its actuators. */
export interface ProfileActuator extends DeviceLimits {
  readonly key: string;
}

/** The profile's own limits by key, as far as they are a device's. */
export function profileLimits(actuators: readonly ProfileActuator[]): Readonly<Record<string, DeviceLimits>> {
  return Object.fromEntries(actuators.map((actuator) => [actuator.key, limitsOf(actuator)]));
}

function limitsOf(actuator: ProfileActuator): DeviceLimits {
  const { maxRunMs, cooldownMs, safeState, linkLossMs, minOffMs, interlockGroup, maxDose } = actuator;
  return {
    maxRunMs,
    cooldownMs,
    ...(safeState === undefined ? {} : { safeState }),
    ...(linkLossMs === undefined ? {} : { linkLossMs }),
    ...(minOffMs === undefined ? {} : { minOffMs }),
    ...(interlockGroup === undefined ? {} : { interlockGroup }),
    ...(maxDose === undefined ? {} : { maxDose }),
  };
}

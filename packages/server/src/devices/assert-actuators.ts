import { isSluiceError, SluiceError } from "@sluice/core/errors.ts";
import { assertEnvelope } from "@sluice/core/safety/envelope.ts";
import type { ActuatorTemplate } from "./profile-template.ts";

/**
 * Throws `actuator.envelope_invalid` with the actuator and the field, and `actuator.interlock_invalid` where two members of a
 * group would go on by themselves.
 */
export function assertActuatorTemplates(actuators: readonly ActuatorTemplate[]): void {
  for (const actuator of actuators) assertTemplateEnvelope(actuator);
  const selfStarting = actuators.filter(({ safeState = "off" }) => safeState !== "off");
  for (const [group, members] of Map.groupBy(selfStarting, ({ interlockGroup }) => interlockGroup)) {
    if (group !== undefined && members.length > 1) throw twoSelfStarting(group, members);
  }
}

function assertTemplateEnvelope({ key, kind: _, ...envelope }: ActuatorTemplate): void {
  try {
    assertEnvelope(envelope);
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    const { kind, code, message, details } = error;
    throw new SluiceError(kind, code, `Actuator "${key}": ${message}.`, { details: { actuator: key, ...details } });
  }
}

function twoSelfStarting(interlockGroup: string, members: readonly ActuatorTemplate[]): SluiceError {
  const actuators = members.map(({ key }) => key);
  const message = `Of the interlock group "${interlockGroup}" at most one actuator may have a safe state other than off.`;
  return new SluiceError("invalid", "actuator.interlock_invalid", message, { details: { interlockGroup, actuators } });
}

import type { Permissive } from "@sluice/core/safety/envelope.ts";
import type { PermissiveReading } from "@sluice/core/safety/permissives.ts";
import type { Actuation } from "./actuation.ts";
import type { Actuator, Execution } from "./actuation-store.ts";

/** The newest readings of permissives, in their order; undefined where none is known. */
export type PermissiveReadings = readonly (PermissiveReading | undefined)[];

/** What was read before the locks, and of which permissives. */
export interface ReadPermissives {
  readonly permissives: readonly Permissive[];
  readonly readings: PermissiveReadings;
}

/**
 * Before any lock is taken, since a reading comes over other connections and may take long: under locks everybody would wait for
 * it, and the database ends a transaction that says nothing.
 */
export async function readBeforeLocks(
  { store, readPermissives }: Pick<Actuation, "store" | "readPermissives">,
  { organizationId, actuatorId }: Pick<Execution, "organizationId" | "actuatorId">,
): Promise<ReadPermissives> {
  const actuator = await store.findActuator(organizationId, actuatorId);
  const permissives = permissivesOf(actuator);
  return { permissives, readings: permissives.length === 0 ? [] : await readPermissives(actuator!) };
}

/** Under the locks. Undefined: these permissives have not been read. */
export function readingsFor(actuator: Actuator, read: ReadPermissives | undefined): PermissiveReadings | undefined {
  const permissives = permissivesOf(actuator);
  if (permissives.length === 0) return [];
  const isRead = read !== undefined && JSON.stringify(permissives) === JSON.stringify(read.permissives);
  return isRead ? read.readings : undefined;
}

function permissivesOf(actuator: Actuator | undefined): readonly Permissive[] {
  return actuator?.envelope.permissives ?? [];
}

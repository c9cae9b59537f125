/**
 * Every advisory lock of Sluice in one table, so that no two uses meet. The first number keeps us apart from other programs
 * that share the database.
 */
const SLUICE = 0x51_01_ce;

export const ADVISORY_LOCKS = {
  migration: [SLUICE, 1],
  gatewayAndPipeline: [SLUICE, 2],
  newGeneration: [SLUICE, 3],
  /** Exclusive: a backup copies objects. Shared: a sweep deletes some. */
  backup: [SLUICE, 4],
} as const satisfies Record<string, readonly [number, number]>;

/** One settler a partition. A first number of its own: the second is the partition. */
const SETTLING = SLUICE + 1;

export function settlingLock(partition: number): readonly [number, number] {
  return [SETTLING, partition];
}

export type AdvisoryLock = keyof typeof ADVISORY_LOCKS;

/**
 * Every advisory lock of Sluice in one table, so that no two uses meet. The first number keeps us apart from other programs
 * that share the database.
 */
const SLUICE = 0x51_01_ce;

export const ADVISORY_LOCKS = {
  migration: [SLUICE, 1],
  gatewayAndPipeline: [SLUICE, 2],
  newGeneration: [SLUICE, 3],
} as const satisfies Record<string, readonly [number, number]>;

export type AdvisoryLock = keyof typeof ADVISORY_LOCKS;

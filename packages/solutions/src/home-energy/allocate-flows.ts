/** What the devices of one home do at one moment (watts), or did in one hour (watt-hours). Nothing is negative. */
export interface HomeBalance {
  /** Made by sources. */
  readonly produced: number;
  /** Used by loads. */
  readonly consumed: number;
  /** Taken in by storage. */
  readonly charged: number;
  /** Given back by storage. */
  readonly discharged: number;
}

/** Where it went, in the unit of the balance. Nothing is negative. */
export interface EnergyFlows {
  readonly solarToHome: number;
  readonly solarToStorage: number;
  readonly solarToGrid: number;
  readonly storageToHome: number;
  /** A battery that charges a car. */
  readonly storageToStorage: number;
  readonly storageToGrid: number;
  readonly gridToHome: number;
  readonly gridToStorage: number;
}

/**
 * Splits a home's balance: loads are served first by the sun, then by storage, then by the grid; storage is charged in the same
 * order; what is left over is sold. Every watt that was made or bought is used or sold once.
 *
 * Flows of several homes or hours are the sum of each one's flows, never the flows of their sums: what one home sells at noon
 * is not what its neighbour uses at night.
 */
export function allocateFlows({ produced, consumed, charged, discharged }: HomeBalance): EnergyFlows {
  const solarToHome = Math.min(produced, consumed);
  const storageToHome = Math.min(discharged, consumed - solarToHome);
  const solarToStorage = Math.min(produced - solarToHome, charged);
  const storageToStorage = Math.min(discharged - storageToHome, charged - solarToStorage);
  return {
    solarToHome,
    solarToStorage,
    solarToGrid: produced - solarToHome - solarToStorage,
    storageToHome,
    storageToStorage,
    storageToGrid: discharged - storageToHome - storageToStorage,
    gridToHome: consumed - solarToHome - storageToHome,
    gridToStorage: charged - solarToStorage - storageToStorage,
  };
}

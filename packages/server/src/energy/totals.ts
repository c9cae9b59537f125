import { allocateFlows, type EnergyFlows } from "@sluice/solutions/home-energy/allocate-flows.ts";

/** What the devices of a home, or of many, do now. Powers are watts and never negative, save where it says so. */
export interface EnergyTotals extends EnergyFlows {
  readonly produced: number;
  readonly consumed: number;
  readonly charged: number;
  readonly discharged: number;
  /** What meters say; bought is positive, sold negative. Null where no meter has said anything. */
  readonly meteredGrid: number | null;
  /** Of storage that said its charge. Null where none did. */
  readonly meanChargePercentage: number | null;
  /** Of storage whose capacity and charge are known. */
  readonly storedWattHours: number;
  readonly capacityWattHours: number;
  readonly charging: number;
  readonly discharging: number;
  readonly idle: number;
  /** Active devices that take part. */
  readonly devices: number;
  /** Of these: those that never said their power, or said it too long ago. They count for nothing above. */
  readonly unknownDevices: number;
}

/** Where the sums of a home stand in its row. */
export const PRODUCED = 0;
export const CONSUMED = 1;
export const CHARGED = 2;
export const DISCHARGED = 3;
export const DEVICES = 4;
export const UNKNOWN = 5;
export const CHARGE_SUM = 6;
export const CHARGES = 7;
export const STORED = 8;
export const CAPACITY = 9;
export const CHARGING = 10;
export const DISCHARGING = 11;
export const IDLE = 12;
export const METERED = 13;
export const METERS = 14;
/** A power of two, so that the row of a home is two lines of a processor's cache. */
export const ROW = 16;

/** Sums by home, a row each in one array: the devices of a home are met far from one another. */
export class HomeSums {
  readonly rows: Float64Array;
  readonly length: number;

  constructor(length: number) {
    this.length = length;
    this.rows = new Float64Array(length * ROW);
  }

  devicesOf(home: number): number {
    return this.rows[home * ROW + DEVICES]!;
  }

  of(home: number): EnergyTotals {
    const row = this.rows.subarray(home * ROW, (home + 1) * ROW);
    return totalsOf(row, splitRow(row, 0));
  }

  /** Flows are split home by home and then summed. */
  all(): EnergyTotals {
    const { rows } = this;
    const sum = new Float64Array(ROW);
    let [solarToHome, solarToStorage, solarToGrid, storageToHome] = [0, 0, 0, 0];
    let [storageToStorage, storageToGrid, gridToHome, gridToStorage] = [0, 0, 0, 0];
    for (let at = 0; at < rows.length; at += ROW) {
      if (rows[at + DEVICES] === 0) continue;
      for (let column = 0; column < ROW; column++) sum[column]! += rows[at + column]!;
      const split = splitRow(rows, at);
      solarToHome += split.solarToHome;
      solarToStorage += split.solarToStorage;
      solarToGrid += split.solarToGrid;
      storageToHome += split.storageToHome;
      storageToStorage += split.storageToStorage;
      storageToGrid += split.storageToGrid;
      gridToHome += split.gridToHome;
      gridToStorage += split.gridToStorage;
    }
    return totalsOf(sum, {
      ...{ solarToHome, solarToStorage, solarToGrid, storageToHome },
      ...{ storageToStorage, storageToGrid, gridToHome, gridToStorage },
    });
  }
}

function splitRow(rows: Float64Array, at: number): EnergyFlows {
  return allocateFlows({
    produced: rows[at + PRODUCED]!,
    consumed: rows[at + CONSUMED]!,
    charged: rows[at + CHARGED]!,
    discharged: rows[at + DISCHARGED]!,
  });
}

function totalsOf(row: Float64Array, flows: EnergyFlows): EnergyTotals {
  const charges = row[CHARGES]!;
  return {
    ...flows,
    produced: row[PRODUCED]!,
    consumed: row[CONSUMED]!,
    charged: row[CHARGED]!,
    discharged: row[DISCHARGED]!,
    meteredGrid: row[METERS] === 0 ? null : row[METERED]!,
    meanChargePercentage: charges === 0 ? null : row[CHARGE_SUM]! / charges,
    storedWattHours: row[STORED]!,
    capacityWattHours: row[CAPACITY]!,
    charging: row[CHARGING]!,
    discharging: row[DISCHARGING]!,
    idle: row[IDLE]!,
    devices: row[DEVICES]!,
    unknownDevices: row[UNKNOWN]!,
  };
}

export interface StorageParameters {
  readonly capacityWattHours: number;
  readonly maxChargeWatts: number;
  readonly maxDischargeWatts: number;
  /** Of what goes in, and again of what comes out. */
  readonly efficiency: number;
  /** Shares of the capacity between which it is kept. */
  readonly leastShare: number;
  readonly mostShare: number;
  readonly startShare: number;
}

/** Watt-hours: stored = start + taken in − given out − lost − driven. */
export interface StorageBalance {
  readonly start: number;
  readonly takenIn: number;
  readonly givenOut: number;
  readonly lost: number;
  readonly driven: number;
  readonly stored: number;
}

/** A battery, of a house or a car: it never gives what it has not, nor takes what it has no room for. */
export class Storage {
  readonly parameters: StorageParameters;
  private readonly start: number;
  private stored: number;
  private takenIn = 0;
  private givenOut = 0;
  private lost = 0;
  private drivenWattHours = 0;

  constructor(parameters: StorageParameters) {
    this.parameters = parameters;
    this.start = parameters.capacityWattHours * parameters.startShare;
    this.stored = this.start;
  }

  get chargePercent(): number {
    return (100 * this.stored) / this.parameters.capacityWattHours;
  }

  get balance(): StorageBalance {
    const { start, takenIn, givenOut, lost, drivenWattHours: driven, stored } = this;
    return { start, takenIn, givenOut, lost, driven, stored };
  }

  /** Takes up to so many watts for so many hours; answers how many it took, a whole number. */
  charge(wantedWatts: number, hours: number): number {
    const { capacityWattHours, mostShare, maxChargeWatts, efficiency } = this.parameters;
    const roomWatts = Math.max(0, capacityWattHours * mostShare - this.stored) / efficiency / hours;
    const watts = Math.max(0, Math.floor(Math.min(wantedWatts, maxChargeWatts, roomWatts)));
    this.takenIn += watts * hours;
    this.stored += watts * hours * efficiency;
    this.lost += watts * hours * (1 - efficiency);
    return watts;
  }

  /** Gives up to so many watts for so many hours; answers how many it gave, a whole number. */
  discharge(wantedWatts: number, hours: number): number {
    const { capacityWattHours, leastShare, maxDischargeWatts, efficiency } = this.parameters;
    const thereWatts = (Math.max(0, this.stored - capacityWattHours * leastShare) * efficiency) / hours;
    const watts = Math.max(0, Math.floor(Math.min(wantedWatts, maxDischargeWatts, thereWatts)));
    this.givenOut += watts * hours;
    this.stored -= (watts * hours) / efficiency;
    this.lost += watts * hours * (1 / efficiency - 1);
    return watts;
  }

  /** What a trip takes, as far as there is any. */
  drive(wattHours: number): void {
    const taken = Math.min(wattHours, this.stored);
    this.stored -= taken;
    this.drivenWattHours += taken;
  }
}

import type { Random } from "../random.ts";
import { SteppingWorld } from "../stepping-world.ts";

const STEP_MS = 10_000;
const STEP_HOURS = STEP_MS / 3_600_000;
const OUTSIDE_CELSIUS = 22;
/** How far around its set point the thermostat lets the room swing. */
const SWING_CELSIUS = 1;
const COOLING_CELSIUS_PER_HOUR = 6;
/** In which what is within has come to what is outside by two thirds. */
const TIME_CONSTANT_HOURS = { shut: 20, open: 0.7 } as const;
const HUMIDITY_PERCENT = { shut: 55, open: 80 } as const;
const HUMIDITY_HOURS = 0.3;
const OPEN_STEPS = { least: 3, most: 12 } as const;
/** Of openings, those after which nobody shuts the door for hours. */
const FORGOTTEN_SHARE = 0.004;
const FORGOTTEN_STEPS = 2 * 360;

export interface ColdRoomParameters {
  readonly setPointCelsius: number;
  readonly doorOpeningsPerDay: number;
}

/** A room with a thermostat and a door: Newton's law of cooling, much faster while the door is open. */
export class ColdRoom extends SteppingWorld {
  private readonly random: Random;
  private readonly parameters: ColdRoomParameters;
  private celsius: number;
  private percent: number = HUMIDITY_PERCENT.shut;
  private isCooling = false;
  private openFor = 0;

  constructor(random: Random, parameters: ColdRoomParameters, startMicros: number) {
    super(startMicros, STEP_MS);
    this.random = random;
    this.parameters = parameters;
    this.celsius = parameters.setPointCelsius;
  }

  get temperatureCelsius(): number {
    return this.celsius;
  }

  get humidityPercent(): number {
    return this.percent;
  }

  get isDoorOpen(): boolean {
    return this.openFor > 0;
  }

  protected step(): void {
    this.moveDoor();
    const state = this.isDoorOpen ? "open" : "shut";
    this.celsius += ((OUTSIDE_CELSIUS - this.celsius) * STEP_HOURS) / TIME_CONSTANT_HOURS[state];
    if (this.isCooling) this.celsius -= COOLING_CELSIUS_PER_HOUR * STEP_HOURS;
    this.percent += ((HUMIDITY_PERCENT[state] - this.percent) * STEP_HOURS) / HUMIDITY_HOURS;
    const { setPointCelsius } = this.parameters;
    if (this.celsius > setPointCelsius + SWING_CELSIUS) this.isCooling = true;
    if (this.celsius < setPointCelsius - SWING_CELSIUS) this.isCooling = false;
  }

  private moveDoor(): void {
    const opens = this.random() < (this.parameters.doorOpeningsPerDay * STEP_HOURS) / 24;
    if (this.openFor > 0) this.openFor -= 1;
    else if (opens) this.openFor = this.stepsOpen();
  }

  private stepsOpen(): number {
    if (this.random() < FORGOTTEN_SHARE) return FORGOTTEN_STEPS;
    const { least, most } = OPEN_STEPS;
    return least + Math.floor((most - least + 1) * this.random());
  }
}

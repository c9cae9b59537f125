import { breaks, simulate } from "@sluice/server/actuation/testing/simulation/simulate.ts";
import { CONTROLS, type NegativeControl } from "./controls.ts";

export interface ControlOutcome {
  readonly control: NegativeControl;
  /** Undefined: nobody noticed. */
  readonly caught: { readonly clause: number; readonly what: string; readonly seed: number } | undefined;
  readonly worlds: number;
}

/** Worlds in which a missing guard has to be noticed. */
const MOST_WORLDS = 1_500;

/** Lives worlds without each of the guards, a few controls at a time, until each has been noticed. */
export async function runControls(
  threads: number,
  onOutcome: (outcome: ControlOutcome) => void,
  controls: readonly NegativeControl[] = CONTROLS,
): Promise<void> {
  const queue = controls.values();
  const next = async (): Promise<void> => {
    for (const control of queue) onOutcome(await runControl(control));
  };
  await Promise.all(Array.from({ length: threads }, next));
}

async function runControl(control: NegativeControl): Promise<ControlOutcome> {
  const { clause, edits, seenBy: stopsAt = [clause] } = control;
  const { worlds, broken } = await simulate({ seed: 1, worlds: MOST_WORLDS, threads: 1, edits, stopsAt });
  const world = broken.find((one) => breaks(one, stopsAt));
  const found = world?.found.find((one) => stopsAt.includes(one.clause));
  const caught = world === undefined || found === undefined ? undefined : { ...found, seed: world.seed };
  return { control, caught, worlds };
}

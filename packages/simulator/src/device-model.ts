import type { OutgoingValue } from "./senders/outgoing-reading.ts";

/** The world that a device's outputs act upon. */
export interface ControlledModel {
  setOutput(actuator: string, isOn: boolean): void;
  /** All that an output has counted out since the model began, in the unit of its doses. */
  metered(actuator: string): number;
}

/** What a device measures and acts upon. */
export interface DeviceModel extends ControlledModel {
  /** What the device reports at this time (µs since 1970); nothing while its probes have dropped out. */
  read(timeMicros: number): readonly OutgoingValue[];
  /** While history is made up there is no server: whoever looked after the place then did what its rules would. */
  tend?(): void;
}

/** The part of a model that only measures. */
export const WITHOUT_OUTPUTS: ControlledModel = {
  setOutput(actuator) {
    throw new Error(`this device has no output ${actuator}`);
  },
  metered: () => 0,
};

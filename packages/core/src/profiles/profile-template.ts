import type { AlertPolicy } from "../alerts/alert-policy.ts";
import type { Envelope } from "../safety/envelope.ts";
import type { ScheduleTimes } from "../schedules/schedule.ts";

/** A device profile as data: what a solution declares and `POST /profiles` takes. */
export interface ProfileTemplate {
  readonly key: string;
  readonly name: string;
  /** Numbered in this order, from 0. */
  readonly metrics: readonly MetricDescription[];
  readonly actuators: readonly ActuatorTemplate[];
  readonly rules: readonly RuleTemplate[];
  /** None when absent. */
  readonly schedules?: readonly ScheduleTemplate[];
  /** Of a built-in profile: numbers that its devices may say of themselves, checked where people or programs write them. */
  readonly properties?: readonly PropertyDescription[];
  /** Token bucket of a device that sends with its own token. */
  readonly readingsPerSecond?: number;
  readonly readingsBurst?: number;
}

/** A number that describes a device. */
export interface PropertyDescription {
  readonly key: string;
  readonly unit: string;
  readonly minimum: number;
  readonly maximum: number;
}

export type MetricKind = "gauge" | "counter";

export interface MetricDescription {
  readonly key: string;
  /** A counter only grows, until its device starts anew at 0; a gauge, which it is when absent, goes up and down. */
  readonly kind?: MetricKind;
  readonly unit?: string | null;
  /** What is measured, in words: "volumetric soil moisture". */
  readonly quantity?: string | null;
  /** The range in which a reading makes sense, in `unit`. */
  readonly minimum?: number | null;
  readonly maximum?: number | null;
  /** Digits after the point that mean something. */
  readonly precision?: number | null;
  /** The same value for longer than this, bit for bit, is a sensor that hangs. */
  readonly flatlineMs?: number | null;
  /** A further step than this, in `unit`, from the newest valid reading of the last `stepMs` is a spike. Both or none. */
  readonly maxStep?: number | null;
  readonly stepMs?: number | null;
}

/**
 * An actuator that every device of the profile has, with its default envelope. The interlock group is one of each device's
 * own: the devices of a profile never share it.
 */
export interface ActuatorTemplate extends Envelope {
  readonly key: string;
  readonly kind: string;
}

/** A threshold rule that every new device of the profile starts with. */
export interface RuleTemplate {
  readonly key: string;
  readonly name: string;
  /** Metric key of the same profile. */
  readonly metric: string;
  readonly comparison: "below" | "above";
  readonly threshold: number;
  /** How far beyond its threshold a value has to come back; 0 when absent. */
  readonly hysteresis?: number;
  /** How long it has to be so without a gap before the rule fires; at once when absent. */
  readonly forMs?: number;
  /** THRESHOLD when absent. */
  readonly priority?: "EMERGENCY" | "THRESHOLD";
  /** Absent: the rule only alerts. */
  readonly action?: RuleTemplateAction;
  /** Absent: the rule only acts. */
  readonly alert?: AlertPolicy;
}

/** A TRIP stops the actuator and holds it until a person resets it. */
export type RuleTemplateAction =
  | { readonly actuator: string; readonly kind: "RUN"; readonly durationMs: number }
  | { readonly actuator: string; readonly kind: "TRIP" };

/** What each new device of the profile does at local times of its site. */
export interface ScheduleTemplate {
  readonly key: string;
  readonly name: string;
  /** Key of an actuator of the same profile. */
  readonly actuator: string;
  readonly times: ScheduleTimes;
  readonly action: ScheduleTemplateAction;
}

export type ScheduleTemplateAction =
  | { readonly kind: "RUN"; readonly durationMs: number }
  | { readonly kind: "DOSE"; readonly amount: number; readonly unit: string; readonly durationMs?: number };

import type { Determined } from "@sluice/core/determined.ts";
import type { ProfileTemplate } from "@sluice/core/profiles/profile-template.ts";
import type { ReportDefinition } from "@sluice/core/reports/report-definition.ts";

/**
 * A use of the platform, as data and pure functions: what it brings to an organization, what it can work out, and the world in
 * which it is shown. It has no table, route or service of its own.
 *
 * What a version brings is never edited in place: a change of a profile's parts raises `version`, and organizations take it by
 * an upgrade that leaves alone what their people have changed.
 */
export interface Solution {
  /** The name of its folder. */
  readonly key: string;
  readonly name: string;
  /** From 1. */
  readonly version: number;
  readonly summary: string;
  /** Comes with every new organization; others are installed on request. */
  readonly isStandard: boolean;
  /** With their metrics, envelopes, default rules and schedules. */
  readonly profiles: readonly ProfileTemplate[];
  readonly derivedMetrics: readonly DerivedMetric[];
  readonly formulas: readonly Formula[];
  readonly reports: readonly ReportDefinition[];
  readonly assetKinds: readonly AssetKind[];
  /** Of the kinds that the registry has. */
  readonly assetEventKinds: readonly string[];
  readonly world: SimulatedWorld;
  readonly story: Story;
}

/** A value that nobody measures, of what is measured at one moment. */
export interface DerivedMetric {
  readonly key: string;
  readonly name: string;
  readonly unit: string;
  /** Metrics of one of the solution's profiles, in the unit that it declares. */
  readonly inputs: readonly string[];
  /** Facts of the place or the device, besides: "altitudeMetres". */
  readonly facts?: readonly string[];
  readonly source: string;
  readonly derive: (inputs: DerivationInputs) => Determined<number>;
}

/** By metric or fact; what is not known is absent. */
export type DerivationInputs = Readonly<Partial<Record<string, number>>>;

/** A function of the folder, so that pages can list it with its source. */
export interface Formula {
  readonly name: string;
  readonly summary: string;
  /** Where it is published, down to the equation. */
  readonly source: string;
  readonly evaluate: (...terms: never[]) => unknown;
}

export interface AssetKind {
  readonly kind: string;
  readonly name: string;
  /** Profiles whose devices stand in one. */
  readonly profiles: readonly string[];
}

export interface SimulatedWorld {
  readonly sites: readonly SimulatedSite[];
}

export interface SimulatedSite {
  readonly slug: string;
  readonly name: string;
  readonly timeZone: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly assets: readonly SimulatedAsset[];
}

export interface SimulatedAsset {
  readonly kind: string;
  readonly name: string;
  readonly devices: readonly SimulatedDevice[];
}

export interface SimulatedDevice {
  readonly uid: string;
  readonly profile: string;
  /** Of the simulator, which the parameters are given to. */
  readonly model: string;
  readonly parameters: Readonly<Record<string, number | string>>;
}

/** What a visitor sees happen, in order. */
export interface Story {
  readonly title: string;
  readonly steps: readonly string[];
}

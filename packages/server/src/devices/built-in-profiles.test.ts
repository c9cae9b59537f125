import { findUnit } from "@sluice/core/units/convert.ts";
import { solutions } from "@sluice/solutions/registry.ts";
import { expect, test } from "vitest";
import { ASSET_EVENT_KINDS } from "./asset-events/asset-event-details.ts";
import { knownProfiles } from "./built-in-profiles.ts";

test("every unit of a built-in profile is one that can be converted, so that each reader sees their own", () => {
  const units = knownProfiles.flatMap(({ metrics, properties = [] }) =>
    [...metrics, ...properties].map(({ unit }) => unit),
  );
  const unknown = units.filter((unit) => unit !== null && unit !== undefined && findUnit(unit) === undefined);
  expect([...new Set(unknown)]).toEqual([]);
});

test("every solution writes down events of kinds that the registry has", () => {
  const kinds = solutions.flatMap(({ assetEventKinds }) => assetEventKinds);
  expect(ASSET_EVENT_KINDS).toEqual(expect.arrayContaining(kinds));
});

import { describe, expect, test } from "vitest";
import type { Item } from "./configured-kind.ts";
import { changesIn, planChanges } from "./plan-changes.ts";

const nameOf = ({ name }: Item) => String(name);
const there = (item: Item, id: number, isGiven = false) => ({ item, id, isGiven });

describe("what a document says", () => {
  test("is compared field by field, and what it does not say stays", () => {
    const is = { name: "a", region: "north", limits: { perMinute: 6, burst: 3 }, to: ["x", "y"], site: null };
    expect(changesIn({ name: "a" }, is)).toEqual(new Set());
    expect(changesIn({ limits: { burst: 3 } }, is)).toEqual(new Set());
    expect(changesIn({ limits: { burst: 4 }, region: "south" }, is)).toEqual(new Set(["limits", "region"]));
    expect(changesIn({ to: ["x"] }, is)).toEqual(new Set(["to"]));
    expect(changesIn({ to: ["y", "x"] }, is)).toEqual(new Set(["to"]));
    expect(changesIn({ site: null, region: null }, is)).toEqual(new Set(["region"]));
  });

  test("stands as a whole for properties and definitions: what they do not name is gone", () => {
    expect(changesIn({ properties: { row: 1 } }, { properties: { row: 1, old: 2 } })).toEqual(new Set(["properties"]));
    expect(changesIn({ properties: { row: 1, old: null } }, { properties: { row: 1 } })).toEqual(new Set());
  });
});

describe("a plan", () => {
  const existing = [
    there({ name: "a", value: 1 }, 1),
    there({ name: "twin", value: 2 }, 2),
    there({ name: "twin", value: 3 }, 3),
    there({ name: "given", value: 4 }, 4, true),
    there({ name: "off", status: "inactive" }, 5),
  ];

  test("matches by name, and things of one name by their order", async () => {
    const wanted = [{ name: "twin", value: 2 }, { name: "twin", value: 9 }, { name: "new" }];
    expect(await planChanges(nameOf, wanted, existing, false)).toEqual([
      { action: "keep", item: wanted[0] },
      { action: "update", item: wanted[1], id: 3, changed: new Set(["value"]) },
      { action: "create", item: wanted[2] },
    ]);
  });

  test("takes away, the last made first, only when told to, and neither what is given nor what is off already", async () => {
    const planned = await planChanges(nameOf, [{ name: "twin" }], existing, true);
    const deleted = planned.filter(({ action }) => action === "delete");
    expect(deleted.map((one) => one.action === "delete" && one.id)).toEqual([3, 1]);
    expect(await planChanges(nameOf, [], existing, false)).toEqual([]);
  });
});

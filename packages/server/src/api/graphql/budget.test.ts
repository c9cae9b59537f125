import DataLoader from "dataloader";
import { execute, getOperationAST, parse } from "graphql";
import { expect, test } from "vitest";
import { ManualClock } from "../../actuation/testing/manual-clock.ts";
import { PERMISSIONS, type Principal, type Scope } from "../../auth/index.ts";
import { Budget } from "./budget.ts";
import { inTime } from "./in-time.ts";
import { assertWithinLimits, QUERY_LIMITS } from "./limits.ts";
import { schema } from "./schema.ts";

const principal: Principal = {
  kind: "client",
  clientId: "1",
  organizationId: 1,
  scopes: new Set(Object.keys(PERMISSIONS) as Scope[]),
};

test("a way in a circle through long lists is refused when it is found to be long", async () => {
  let resolved = 0;
  const actuators = Array.from({ length: 64 }, () => ({
    device: "tank",
    get id() {
      resolved++;
      return 1;
    },
  }));
  const loaders = {
    deviceByUid: new DataLoader(async (uids: readonly string[]) => uids.map((uid) => ({ id: 1, uid }))),
    actuators: new DataLoader(async (uids: readonly string[]) => uids.map(() => actuators)),
  };
  const around = (times: number): string => (times === 0 ? "id" : `id device { actuators { ${around(times - 1)} } }`);
  const document = parse(`{ device(uid: "tank") { actuators { ${around(4)} } } }`);
  // Nobody can know it before.
  assertWithinLimits(schema, document, getOperationAST(document)!, {}, QUERY_LIMITS);
  const answer = inTime({ ...QUERY_LIMITS, clock: new ManualClock() }, (budget) =>
    execute({ schema, document, contextValue: { principal, budget, loaders } }),
  );
  await expect(answer).rejects.toMatchObject({ code: "graphql.too_costly", details: { limit: QUERY_LIMITS.maxCost } });
  expect(resolved).toBeGreaterThan(100);
  expect(resolved).toBeLessThan(QUERY_LIMITS.maxCost);
});

test("the things of a list count before they are resolved, and each field as it is", async () => {
  const spent: number[] = [];
  const budget = Object.assign(new Budget(1_000), { spend: (fields: number) => spent.push(fields) });
  const loaders = {
    deviceByUid: new DataLoader(async (uids: readonly string[]) => uids.map((uid) => ({ id: 1, uid }))),
    actuators: new DataLoader(async (uids: readonly string[]) => uids.map(() => [{ id: 1 }, { id: 2 }, { id: 3 }])),
  };
  const document = parse(`{ device(uid: "tank") { actuators { id __typename } } }`);
  const { errors } = await execute({ schema, document, contextValue: { principal, budget, loaders } });
  expect(errors).toBeUndefined();
  // device, actuators, its three things, and the id of each.
  expect(spent).toEqual([1, 1, 3, 1, 1, 1]);
});

import { SluiceError } from "@sluice/core/errors.ts";
import { type ExecutionResult, GraphQLInt, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, parse } from "graphql";
import { expect, test } from "vitest";
import { ManualClock } from "../../actuation/testing/manual-clock.ts";
import type { GraphContext } from "./context.ts";
import { LatestQueue } from "./latest-queue.ts";
import { subscribeInTurn } from "./subscribe-in-turn.ts";
import { Subscriptions } from "./subscriptions.ts";

type Loading = Pick<GraphContext, "budget" | "loaders">;

/** Numbers as they are pushed; each takes as much from the budget as it says. */
function openNumbers({ isFull = false } = {}) {
  const subscriptions = new Subscriptions(isFull ? 0 : 1);
  const queue = new LatestQueue<number>(() => {});
  const contexts: Loading[] = [];
  const turns = { begun: 0, failure: undefined as SluiceError | undefined };
  let sources = 0;
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({ name: "Query", fields: { a: { type: GraphQLInt } } }),
    subscription: new GraphQLObjectType({
      name: "Subscription",
      fields: {
        numbers: {
          type: GraphQLInt,
          args: { least: { type: new GraphQLNonNull(GraphQLInt) } },
          subscribe: () => {
            sources++;
            return queue;
          },
          resolve: (value: number, _args, context: Loading) => {
            contexts.push(context);
            context.budget.spend(value);
            return value;
          },
        },
      },
    }),
  });
  const context = {
    deps: {},
    organizationId: 1,
    beginSubscription: () => subscriptions.begin(1),
    inTurn: async (work: () => Promise<unknown>) => {
      turns.begun++;
      if (turns.failure !== undefined) throw turns.failure;
      return work();
    },
  } as unknown as GraphContext;
  const limits = { clock: new ManualClock(), timeoutMs: 1_000, maxCost: 10 };
  const subscribe = (variableValues: Record<string, unknown> = { least: 1 }) => {
    const document = parse("subscription($least: Int!) { numbers(least: $least) }");
    return subscribeInTurn({ schema, document, variableValues, contextValue: context }, limits);
  };
  return { subscribe, queue, contexts, turns, subscriptions, sources: () => sources };
}

const toldBy = async (answer: Promise<AsyncGenerator<ExecutionResult, undefined> | ExecutionResult>) =>
  (await answer) as AsyncGenerator<ExecutionResult, undefined>;

test("each event waits for its turn, and has a budget and loaders of its own", async () => {
  const { subscribe, queue, contexts, turns } = openNumbers();
  const events = await toldBy(subscribe());
  expect(turns.begun).toBe(0);
  for (const value of [7, 8]) {
    queue.push("a", value);
    expect((await events.next()).value).toEqual({ data: { numbers: value } });
  }
  expect(turns.begun).toBe(2);
  expect(contexts[0]?.budget).not.toBe(contexts[1]?.budget);
  expect(contexts[0]?.loaders).not.toBe(contexts[1]?.loaders);
});

test.each([
  ["an event that holds too much", "graphql.too_costly"],
  ["one whose turn does not come", "server.busy"],
  ["a source that fails", "auth.session_ended"],
])("%s is told, and ends it", async (_, code) => {
  const { subscribe, queue, turns, subscriptions } = openNumbers();
  const events = await toldBy(subscribe());
  if (code === "server.busy") turns.failure = new SluiceError("unavailable", code, "busy");
  if (code === "auth.session_ended") queue.fail(new SluiceError("unauthenticated", code, "ended"));
  queue.push("a", 11);
  const { value } = await events.next();
  expect(value?.errors).toMatchObject([{ originalError: { code } }]);
  expect(await events.next()).toEqual({ done: true, value: undefined });
  expect([queue.isEnded, subscriptions.count]).toEqual([true, 0]);
});

test("it counts before it is begun, and until it ends", async () => {
  const full = openNumbers({ isFull: true });
  await expect(full.subscribe()).rejects.toMatchObject({ code: "stream.too_many" });
  expect(full.sources()).toBe(0);
  const { subscribe, subscriptions, queue } = openNumbers();
  const events = await toldBy(subscribe());
  expect(subscriptions.count).toBe(1);
  await events.return(undefined);
  expect([queue.isEnded, subscriptions.count]).toEqual([true, 0]);
});

test("the end of the server ends its source", async () => {
  const { subscribe, subscriptions, queue } = openNumbers();
  const events = await toldBy(subscribe());
  subscriptions.stop();
  expect(queue.isEnded).toBe(true);
  expect((await events.next()).done).toBe(true);
});

test("a mistake in its variables is told as in a query, and counts for nothing", async () => {
  const { subscribe, subscriptions } = openNumbers();
  expect(await subscribe({})).toMatchObject({ errors: [{ extensions: { code: "BAD_USER_INPUT" } }] });
  expect(subscriptions.count).toBe(0);
});

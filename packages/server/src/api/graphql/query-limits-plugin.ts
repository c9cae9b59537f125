import { type GraphQLSchema, getOperationAST, parse } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { Clock } from "../../platform/clock.ts";
import type { GraphContext } from "./context.ts";
import { inTime } from "./in-time.ts";
import { assertWithinLimits, type QueryLimits } from "./limits.ts";
import { type SubscribeArgs, subscribeInTurn } from "./subscribe-in-turn.ts";

type Executed = Parameters<typeof getOperationOf>[0] & {
  readonly schema: GraphQLSchema;
  readonly variableValues?: Readonly<Record<string, unknown>> | null | undefined;
};

/** Holds operations to their limits before they are executed, and to their time and their budget while they are. */
export function limitQueries(queryLimits: QueryLimits, clock: Pick<Clock, "after">): Plugin<GraphContext> {
  const limits = { ...queryLimits, clock };
  return {
    onParse({ setParseFn }) {
      setParseFn((source: string, options?: object) => parse(source, { ...options, maxTokens: limits.maxTokens }));
    },
    onExecute({ args, executeFn, setExecuteFn }) {
      assertLimits(args as Executed, limits);
      setExecuteFn((given) =>
        inTime(limits, (budget, signal) => {
          const contextValue = { ...given.contextValue, budget };
          // The executor takes a signal; the type is that of graphql-js, which does not know it.
          return executeFn(Object.assign({ signal }, given, { contextValue }));
        }),
      );
    },
    onSubscribe({ args, setSubscribeFn }) {
      assertLimits(args as Executed, limits);
      setSubscribeFn((given) => subscribeInTurn(given as SubscribeArgs, limits));
    },
  };
}

function assertLimits(args: Executed, limits: QueryLimits): void {
  const operation = getOperationOf(args);
  if (operation === undefined) return;
  assertWithinLimits(args.schema, args.document, operation, args.variableValues ?? {}, limits);
}

function getOperationOf(args: {
  readonly document: Parameters<typeof getOperationAST>[0];
  readonly operationName?: string | null | undefined;
}) {
  return getOperationAST(args.document, args.operationName) ?? undefined;
}

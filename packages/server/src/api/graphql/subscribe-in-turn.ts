import { createSourceEventStream, type ExecutionArgs, type ExecutionResult, execute, GraphQLError } from "graphql";
import type { GraphContext } from "./context.ts";
import { type ExecutionLimits, inTime } from "./in-time.ts";
import { createLoaders } from "./loaders.ts";

export interface SubscribeArgs extends Omit<ExecutionArgs, "contextValue"> {
  readonly contextValue: GraphContext;
}
type Results = AsyncGenerator<ExecutionResult, undefined>;

/**
 * Subscribes, and answers each event as if it were asked for: it waits for its turn among the requests of its caller, has the
 * budget and the time of a query, and reads everything anew.
 */
export async function subscribeInTurn(
  args: SubscribeArgs,
  limits: ExecutionLimits,
): Promise<Results | ExecutionResult> {
  const { contextValue: context } = args;
  const subscription = context.beginSubscription();
  try {
    const source = await createSourceEventStream(args);
    if (!(Symbol.asyncIterator in source)) {
      subscription.end();
      return { errors: (source.errors ?? []).map(toldAsInput) };
    }
    const events = source[Symbol.asyncIterator]();
    subscription.onStop(() => void events.return?.());
    const answer = (event: unknown) =>
      context.inTurn(() =>
        inTime(limits, (budget) => {
          const loaders = createLoaders(context.deps, context.organizationId);
          return execute({ ...args, rootValue: event, contextValue: { ...context, budget, loaders } });
        }),
      );
    return new AnsweredEvents(events, answer, () => subscription.end());
  } catch (error) {
    subscription.end();
    throw error;
  }
}

/** What could not be subscribed to because of the query itself. */
function toldAsInput(error: GraphQLError): GraphQLError {
  if (error.path !== undefined || error.extensions.code !== undefined) return error;
  return new GraphQLError(error.message, {
    ...(error.nodes === undefined ? {} : { nodes: error.nodes }),
    extensions: { code: "BAD_USER_INPUT", http: { status: 400 } },
  });
}

/** What fails, in the source or in an answer, is told as the last answer. */
class AnsweredEvents implements Results {
  private readonly events: AsyncIterator<unknown>;
  private readonly answer: (event: unknown) => Promise<ExecutionResult>;
  private readonly onEnd: () => void;
  private isOver = false;

  constructor(events: AsyncIterator<unknown>, answer: (event: unknown) => Promise<ExecutionResult>, onEnd: () => void) {
    this.events = events;
    this.answer = answer;
    this.onEnd = onEnd;
  }

  async next(): Promise<IteratorResult<ExecutionResult, undefined>> {
    if (this.isOver) return { done: true, value: undefined };
    try {
      const event = await this.events.next();
      if (event.done === true) return await this.return();
      return { done: false, value: await this.answer(event.value) };
    } catch (error) {
      await this.return();
      return { done: false, value: { errors: [asGraphQLError(error)] } };
    }
  }

  async return(): Promise<IteratorResult<ExecutionResult, undefined>> {
    this.isOver = true;
    this.onEnd();
    await this.events.return?.();
    return { done: true, value: undefined };
  }

  async throw(error: unknown): Promise<IteratorResult<ExecutionResult, undefined>> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}

function asGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  return new GraphQLError("The subscription has failed.", { originalError: error as Error });
}

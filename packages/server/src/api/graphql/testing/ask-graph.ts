import { Client } from "pg";
import { vi } from "vitest";
import type { Role } from "../../../auth/index.ts";
import type { TestApp } from "../../testing/test-app.ts";

export interface GraphAnswer {
  // biome-ignore lint/suspicious/noExplicitAny: the shape is that of the query
  readonly data?: any;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions?: Readonly<Record<string, unknown>>;
  }[];
}

export type Ask = (
  query: string,
  options?: { readonly variables?: object; readonly as?: Role; readonly token?: string },
) => Promise<GraphAnswer>;

/** Asks `/graphql` as a client would. */
export function graphAsker(sluice: TestApp): Ask {
  return async (query, { variables, as = "admin", token } = {}) => {
    const answer = await sluice.app.inject({
      method: "POST",
      url: "/graphql",
      headers: {
        authorization: `Bearer ${token ?? (await sluice.tokenOf(as))}`,
        accept: "application/graphql-response+json",
      },
      payload: { query, variables },
    });
    return answer.json();
  };
}

/** Asks, and expects no error. */
export function dataAsker(sluice: TestApp): (...args: Parameters<Ask>) => Promise<GraphAnswer["data"]> {
  const ask = graphAsker(sluice);
  return async (...args) => {
    const { data, errors } = await ask(...args);
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    return data;
  };
}

/** Of a few times the least: tokens are looked up again now and then, and other things happen too. */
export async function fewestStatements(work: () => Promise<unknown>): Promise<number> {
  const counts: number[] = [];
  for (let times = 0; times < 4; times++) counts.push(await countStatements(work));
  return Math.min(...counts);
}

/** Statements that are sent to the database while something is done, over whichever connection. */
export async function countStatements(work: () => Promise<unknown>): Promise<number> {
  const spy = vi.spyOn(Client.prototype, "query");
  try {
    await work();
    return spy.mock.calls.length;
  } finally {
    spy.mockRestore();
  }
}

import { createClient, createConfig } from "./client/client/index.ts";
import { SluiceClient } from "./client/sdk.gen.ts";

export type { SluiceClient } from "./client/sdk.gen.ts";
export type * from "./client/types.gen.ts";

export interface SluiceClientOptions {
  /** Without a path: `https://sluice.example.org`. */
  readonly serverUrl: string;
  /** Asked before each request; undefined while nobody is signed in. */
  readonly token?: () => string | undefined;
  /** Of the platform when absent. */
  readonly fetch?: typeof fetch;
}

/** What an operation that lists something answers. */
export interface ListAnswer<Item> {
  readonly data?: readonly Item[] | undefined;
  readonly error?: unknown;
  /** Undefined when nobody answered. */
  readonly response?: Response | undefined;
}

/**
 * The pages of a list, each asked for when it is wanted:
 * `for await (const devices of pages((cursor) => client.listDevices({ site, ...cursor })))`.
 *
 * Throws an error whose `cause` is the problem document, or what `fetch` failed with.
 */
export async function* pages<Item>(
  ask: (cursor: { readonly cursor?: string }) => Promise<ListAnswer<Item>>,
): AsyncGenerator<readonly Item[]> {
  for (let next: string | undefined = ""; next !== undefined; ) {
    const { data, error, response } = await ask(next === "" ? {} : { cursor: next });
    if (data === undefined) throw new Error("a page of a list could not be read", { cause: error });
    yield data;
    next = nextCursor(response?.headers.get("link") ?? "");
  }
}

/** RFC 8288: the server's one link leads to the next page, and is missing on the last. */
function nextCursor(link: string): string | undefined {
  const target = /<([^>]*)>\s*;\s*rel="next"/.exec(link)?.[1];
  return target === undefined ? undefined : (new URL(target, "http://server").searchParams.get("cursor") ?? undefined);
}

/**
 * The REST API as methods, one an operation, with the types of its own description: `client.listDevices({ site: "north" })`
 * answers `{ data, error, response }`, of which `error` is a problem document, or what `fetch` failed with.
 */
export function createSluiceClient({ serverUrl, token, fetch }: SluiceClientOptions): SluiceClient {
  const config = createConfig({
    baseUrl: serverUrl,
    ...(token === undefined ? {} : { auth: () => token() }),
    ...(fetch === undefined ? {} : { fetch }),
  });
  return new SluiceClient({ client: createClient(config) });
}

import { SluiceError } from "@sluice/core/errors.ts";
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE, type PageRequest } from "../paging.ts";
import { builder } from "./builder.ts";
import { access, type FieldAccess } from "./guard-schema.ts";

/** A page of a list, in the list's own order. */
export interface Page<Item> {
  readonly nodes: readonly Item[];
  readonly cursorOf: (item: Item) => string;
  readonly hasNextPage: boolean;
}

interface PageArgs {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

/**
 * Reads one item more than is shown, to know whether there is a next page. `read` is asked as the REST list is; `keyOf` is what
 * its cursors hold.
 */
export async function readPage<Item>(
  { first, after }: PageArgs,
  read: (page: PageRequest & { readonly limit: number }) => Promise<readonly Item[]>,
  keyOf: (item: Item) => string | number,
): Promise<Page<Item>> {
  const size = first ?? DEFAULT_PAGE_SIZE;
  if (size < 1 || size > MAX_PAGE_SIZE) {
    throw new SluiceError("invalid", "request.page_size", `first: a page has 1 to ${MAX_PAGE_SIZE} items.`, {
      details: { limit: MAX_PAGE_SIZE },
    });
  }
  const fetched = await read({ limit: size + 1, ...(after == null ? {} : { cursor: after }) });
  return {
    nodes: fetched.slice(0, size),
    hasNextPage: fetched.length > size,
    cursorOf: (item) => Buffer.from(String(keyOf(item))).toString("base64url"),
  };
}

const PageInfo = builder.objectRef<Page<unknown>>("PageInfo").implement({
  ...access("signed-in"),
  fields: (t) => ({
    hasNextPage: t.exposeBoolean("hasNextPage"),
    endCursor: t.string({
      nullable: true,
      description: "Give it as `after` to go on.",
      resolve: ({ nodes, cursorOf }) => (nodes.length === 0 ? null : cursorOf(nodes.at(-1))),
    }),
  }),
});

type RefOf<Item> = ReturnType<typeof builder.objectRef<Item>>;

/** `<Node>Connection` and `<Node>Edge`. */
export function connectionOf<Item>(name: string, node: RefOf<Item>, permission: FieldAccess) {
  const Edge = builder.objectRef<{ readonly page: Page<Item>; readonly node: Item }>(`${name}Edge`).implement({
    ...access(permission),
    fields: (t) => ({
      cursor: t.string({ resolve: ({ page, node }) => page.cursorOf(node) }),
      node: t.field({ type: node as never, resolve: (edge) => edge.node as never }),
    }),
  });
  return builder.objectRef<Page<Item>>(`${name}Connection`).implement({
    extensions: { ...access(permission).extensions, isPage: true },
    fields: (t) => ({
      nodes: t.field({ type: [node] as never, resolve: (page) => page.nodes as never }),
      edges: t.field({ type: [Edge], resolve: (page) => page.nodes.map((item) => ({ page, node: item })) }),
      pageInfo: t.field({ type: PageInfo, resolve: (page) => page as Page<unknown> }),
    }),
  });
}

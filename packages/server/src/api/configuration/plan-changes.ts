import type { Existing, Item } from "./configured-kind.ts";
import { Pace } from "./pace.ts";

/** What becomes of one thing. */
export type Planned =
  | { readonly action: "create"; readonly item: Item }
  | {
      readonly action: "update";
      readonly item: Item;
      readonly id: number | string;
      readonly changed: ReadonlySet<string>;
    }
  | { readonly action: "keep"; readonly item: Item }
  | { readonly action: "delete"; readonly item: Item; readonly id: number | string };

/** Fields that a document gives as a whole; of the others it may leave parts as they are. */
const WHOLE_FIELDS: ReadonlySet<string> = new Set(["properties", "definition", "alert", "templates"]);

/** Things are matched by their names, and those of one name by their order. With `prune`, what is not named goes. */
export async function planChanges(
  nameOf: (item: Item) => string,
  wanted: readonly Item[],
  existing: readonly Existing[],
  prune: boolean,
  pace = new Pace(),
): Promise<Planned[]> {
  const left = await byName(existing, ({ item }) => nameOf(item), pace);
  const planned: Planned[] = [];
  for (const item of wanted) {
    planned.push(planOf(item, left.get(nameOf(item))?.shift()));
    await pace.next();
  }
  if (!prune) return planned;
  const unnamed = [...left.values()]
    .flat()
    .filter(({ isGiven, item }) => isGiven !== true && item.status !== "inactive");
  const gone = new Set(unnamed.map(({ id }) => id));
  // What was made last goes first: it may stand on what was made before it.
  const doomed = existing.filter(({ id }) => gone.has(id)).reverse();
  return [...planned, ...doomed.map(({ item, id }): Planned => ({ action: "delete", item, id }))];
}

function planOf(item: Item, there: Existing | undefined): Planned {
  if (there === undefined) return { action: "create", item };
  const changed = changesIn(item, there.item);
  if (changed.size === 0) return { action: "keep", item };
  return { action: "update", item: { ...there.item, ...item }, id: there.id, changed };
}

/** Fields that `wanted` says otherwise than they are; what it does not say stays. */
export function changesIn(wanted: Item, there: Item): ReadonlySet<string> {
  const fields = Object.entries(wanted).filter(([field, value]) =>
    WHOLE_FIELDS.has(field)
      ? !(agrees(value, there[field]) && agrees(there[field], value))
      : value !== undefined && !agrees(value, there[field]),
  );
  return new Set(fields.map(([field]) => field));
}

/** Whether everything that is said is so. What is null may as well be absent. */
function agrees(said: unknown, is: unknown): boolean {
  if (said === null || said === undefined) return is === null || is === undefined;
  if (Array.isArray(said)) {
    return Array.isArray(is) && is.length === said.length && said.every((one, at) => agrees(one, is[at]));
  }
  if (typeof said !== "object") return said === is;
  if (typeof is !== "object" || is === null || Array.isArray(is)) return false;
  return Object.entries(said).every(([field, value]) => agrees(value, (is as Item)[field]));
}

async function byName<Thing>(
  things: readonly Thing[],
  nameOf: (thing: Thing) => string,
  pace: Pace,
): Promise<Map<string, Thing[]>> {
  const named = new Map<string, Thing[]>();
  for (const thing of things) {
    const name = nameOf(thing);
    const same = named.get(name);
    if (same === undefined) named.set(name, [thing]);
    else same.push(thing);
    await pace.next();
  }
  return named;
}

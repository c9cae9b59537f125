import type { Outcome } from "./two-stores.ts";

/** Operations whose answers have no order, or one in which equals may lie either way. */
const UNORDERED: ReadonlySet<string> = new Set([
  ...["devicesWithQueue", "devicesToAsk", "releaseHolds", "shortenLocks", "takeRetransmissions", "overdueCommands"],
  ...["dueExecutions", "claimQueued", "heldByEndedSiteStops", "unreachedBySiteStops"],
]);
/** Both stores look at the clock at about the same moment. */
const TOLERANCE_MICROS = 2_000_000;
const EARLIEST_MICROS = 1e14;

/** Where two outcomes of one operation are not the same; empty when they are. */
export function differences(name: string, model: Outcome, postgres: Outcome): string[] {
  const found: string[] = [];
  compare(name, inOrder(name, plainly(model)), inOrder(name, plainly(postgres)), found);
  return found;
}

function inOrder(name: string, outcome: unknown): unknown {
  const { answer } = outcome as { readonly answer?: unknown };
  return UNORDERED.has(name) && Array.isArray(answer) ? { answer: [...answer].sort(byId) } : outcome;
}

function byId(a: unknown, b: unknown): number {
  const [left, right] = [idOf(a), idOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function idOf(item: unknown): string {
  if (item === null || typeof item !== "object") return String(item);
  const { id, actuator, siteStopId } = item as Record<string, unknown>;
  return `${String(id ?? (actuator as { readonly id?: unknown } | undefined)?.id)} ${String(siteStopId)}`;
}

/** What is not there is left out; a Map is its entries. */
function plainly(value: unknown): unknown {
  if (value instanceof Map) return [...value.entries()].sort().map(plainly);
  if (Array.isArray(value)) return value.map(plainly);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(entries.map(([name, part]) => [name, plainly(part)]));
}

function compare(path: string, model: unknown, postgres: unknown, found: string[]): void {
  if (isTime(model) && isTime(postgres)) {
    if (Math.abs(model - postgres) > TOLERANCE_MICROS) found.push(`${path}: ${model} and not ${postgres}`);
  } else if (isRecord(model) && isRecord(postgres)) {
    for (const key of new Set([...Object.keys(model), ...Object.keys(postgres)])) {
      compare(`${path}.${key}`, model[key], postgres[key], found);
    }
  } else if (!Object.is(model, postgres)) {
    found.push(`${path}: ${JSON.stringify(model)} and not ${JSON.stringify(postgres)}`);
  }
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && value > EARLIEST_MICROS;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object";
}

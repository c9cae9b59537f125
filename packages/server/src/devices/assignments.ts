/** Column → new value; `undefined` leaves the column as it is, `null` empties it. */
export type Assignments<Column extends string> = Readonly<Partial<Record<Column, unknown>>>;

/**
 * The `set` clause of an update for the columns that are given, its parameters numbered after the first `taken` ones;
 * undefined when there is nothing to set. Column names come from code, never from a request.
 */
export function assignmentClause<Column extends string>(
  columns: Assignments<Column>,
  taken: number,
): { readonly clause: string; readonly values: readonly unknown[] } | undefined {
  const given = Object.entries(columns).filter(([, value]) => value !== undefined);
  if (given.length === 0) return undefined;
  return {
    clause: given.map(([column], index) => `${column} = $${taken + index + 1}`).join(", "),
    values: given.map(([, value]) => value),
  };
}

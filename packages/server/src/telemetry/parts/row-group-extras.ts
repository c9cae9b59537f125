import type { PartRows } from "./part-rows.ts";

/** Extras of a row group, in characters: whoever reads one of its rows, or merges it with others, holds all of them. */
export const MAX_GROUP_EXTRAS = 8 * 1024 * 1024;

/** The same rows in pieces whose extras are few enough; a row with more than that is a piece of its own. */
export function* cutByExtras(rows: PartRows): Generator<PartRows> {
  let from = 0;
  let characters = 0;
  for (const row of [...rows.extras.keys()].sort((a, b) => a - b)) {
    const more = rows.extras.get(row)!.length;
    if (characters > 0 && characters + more > MAX_GROUP_EXTRAS) {
      yield cutRows(rows, from, row);
      from = row;
      characters = 0;
    }
    characters += more;
  }
  yield from === 0 ? rows : cutRows(rows, from, rows.length);
}

function cutRows(rows: PartRows, from: number, to: number): PartRows {
  const cut = <T extends Float64Array | Uint8Array>(all: ReadonlyMap<number, T>) =>
    new Map([...all].map(([number, values]) => [number, values.subarray(from, to) as T]));
  const extras = new Map<number, string>();
  for (const [row, text] of rows.extras) if (row >= from && row < to) extras.set(row - from, text);
  return {
    length: to - from,
    deviceIds: rows.deviceIds.subarray(from, to),
    timesMicros: rows.timesMicros.subarray(from, to),
    columns: cut(rows.columns),
    flags: cut(rows.flags),
    extras,
  };
}

import type { Queryable } from "../telemetry-store.ts";

/** The pause after the first failure; it doubles with each, up to the longest. */
const FIRST_PAUSE_S = 30;
const LONGEST_PAUSE_S = 3600;
/** Of a row with `retry_at`. No pause is longer: what lies further off was noted by a clock that was ahead. */
export const MAY_BE_TRIED = `(retry_at is null
  or retry_at not between clock_timestamp() and clock_timestamp() + make_interval(secs => ${LONGEST_PAUSE_S}))`;
/** Doublings after which the pause is the longest anyway. */
const MAX_DOUBLINGS = 7;
const MAX_ERROR_CHARACTERS = 2_000;

const NOTE = `error = $2, failures = failures + 1,
  retry_at = clock_timestamp() + make_interval(secs =>
    least(${LONGEST_PAUSE_S}, ${FIRST_PAUSE_S} * 2 ^ least(failures, ${MAX_DOUBLINGS})))`;

/** It stays in `settling`, is not claimed until the pause is over, and those after it wait. */
export async function noteGenerationFailure(
  db: Queryable,
  partition: number,
  generation: number,
  error: string,
): Promise<void> {
  await db.query(`update generation set ${NOTE} where partition = $1 and number = $3 and state = 'settling'`, [
    partition,
    error.slice(0, MAX_ERROR_CHARACTERS),
    generation,
  ]);
}

/** It stays live, is answered from as well as can be, and is not merged until the pause is over. */
export async function notePartFailure(db: Queryable, id: number, error: string): Promise<void> {
  await db.query(`update part set ${NOTE} where id = $1 and state = 'live'`, [
    id,
    error.slice(0, MAX_ERROR_CHARACTERS),
  ]);
}

/** What somebody has to look at. */
export interface SettlingTroubles {
  /** Generations that could not be settled; later ones of their partitions wait. */
  readonly generations: number;
  /** Live parts whose file is lost, damaged or other than its row says. */
  readonly parts: number;
  /** Of one of them. */
  readonly error: string | null;
  /** Closed generations that are not settled, and for how long the oldest has waited. */
  readonly unsettled: number;
  readonly waitingSeconds: number;
}

/** Of who settles nothing. */
export const NO_TROUBLES: SettlingTroubles = { generations: 0, parts: 0, error: null, unsettled: 0, waitingSeconds: 0 };

export async function readSettlingTroubles(db: Queryable): Promise<SettlingTroubles> {
  const { rows } = await db.query<SettlingTroubles>(
    `with generations as (select error from generation where state = 'settling' and error is not null),
          parts as (select error from part where state = 'live' and error is not null)
     select (select count(*)::int from generations) as generations, (select count(*)::int from parts) as parts,
            coalesce((select min(error) from generations), (select min(error) from parts)) as error,
            unsettled, "waitingSeconds"
       from (select count(*)::int as unsettled,
                    coalesce(extract(epoch from clock_timestamp() - min(closed_at)), 0)::float8 as "waitingSeconds"
               from generation where state in ('closed', 'settling')) as waiting`,
  );
  return rows[0]!;
}

import { afterEach, describe, expect, test } from "vitest";
import { type Clock, systemClock } from "../../platform/clock.ts";
import { DuckPool, type DuckPoolOptions, DuckStatementError } from "./duck-pool.ts";
import { isFatal } from "./duck-protocol.ts";

const pools: DuckPool[] = [];
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.stop();
});

function startPool(options: Partial<DuckPoolOptions> = {}): DuckPool {
  const pool = new DuckPool({ clock: systemClock, children: 1, ...options });
  pools.push(pool);
  return pool;
}

/** Its timers go off when they are told to. */
function handClock(): Clock & { goOff(): void } {
  const timers = new Set<() => void>();
  return {
    ...systemClock,
    after: (_delayMs, callback) => {
      timers.add(callback);
      return () => timers.delete(callback);
    },
    goOff: () => {
      for (const callback of [...timers]) {
        timers.delete(callback);
        callback();
      }
    },
  };
}

const ENDLESS = "select sum(a.range * b.range)::double from range(100000000) a, range(100000000) b";

describe("DuckDB in a process of its own", { timeout: 30_000 }, () => {
  test("answers in typed columns, one statement after the other", async () => {
    const pool = startPool();
    const sql = (n: number) => `select range::double, (range + ${n})::integer, 'row ' || range from range(3000)`;
    const answers = await Promise.all([1, 2, 3].map((n) => pool.run(sql(n))));
    answers.forEach(({ rows, columns }, i) => {
      expect(rows).toBe(3000);
      expect(columns[0]).toEqual(Float64Array.from({ length: 3000 }, (_, row) => row));
      expect(columns[1]).toEqual(Int32Array.from({ length: 3000 }, (_, row) => row + i + 1));
      expect(columns[2]![2999]).toBe("row 2999");
    });
  });

  test("a statement that fails harms nobody else", async () => {
    const pool = startPool();
    await expect(pool.run("select nonsense")).rejects.toThrow(DuckStatementError);
    expect((await pool.run("select 7::double")).columns[0]).toEqual(Float64Array.of(7));
  });

  test("one that takes too long is ended with its process, and the next has a new one", async () => {
    const clock = handClock();
    const pool = startPool({ clock });
    expect((await pool.run("select 1::double")).rows).toBe(1);
    const endless = pool.run(ENDLESS);
    const waiting = pool.run("select 2::double");
    clock.goOff();
    await expect(endless).rejects.toMatchObject({ code: "telemetry.query_too_long" });
    expect((await waiting).columns[0]).toEqual(Float64Array.of(2));
  });

  test("one that needs more memory than there is, or has too large an answer, is told so", async () => {
    const pool = startPool({ maxValues: 5_000 });
    const hungry = "select list(range)::varchar from range(200000000)";
    await expect(pool.run(hungry)).rejects.toThrow(/Out of Memory/);
    await expect(pool.run("select range::double from range(100000)")).rejects.toMatchObject({
      code: "query.too_many_points",
    });
    expect((await pool.run("select 7::double")).rows).toBe(1);
  });

  test("one that nobody waits for any more is interrupted, and its child goes on with the next", async () => {
    const pool = startPool();
    expect((await pool.run("select 1::double")).rows).toBe(1);
    const gone = new AbortController();
    const endless = pool.run(ENDLESS, { signal: gone.signal });
    const waiting = pool.run(ENDLESS, { signal: gone.signal });
    const next = pool.run("select 2::double");
    gone.abort();
    for (const one of [endless, waiting, pool.run("select 3::double", { signal: gone.signal })]) {
      await expect(one).rejects.toMatchObject({ code: "telemetry.query_cancelled" });
    }
    expect((await next).columns[0]).toEqual(Float64Array.of(2));
  });

  test("long ones leave a child to others", async () => {
    const pool = startPool({ children: 2 });
    const stop = new AbortController();
    const long = [1, 2, 3].map(() => pool.run(ENDLESS, { isLong: true, signal: stop.signal }).catch(() => "stopped"));
    for (let i = 0; i < 5; i++) expect((await pool.run(`select ${i}::double`)).columns[0]).toEqual(Float64Array.of(i));
    stop.abort();
    expect(await Promise.all(long)).toEqual(["stopped", "stopped", "stopped"]);
  });

  test("a large answer is put together of its pieces", async () => {
    const pool = startPool();
    const rows = 300_001;
    const sql = `select range::double, (range % 7)::integer, (range % 200)::utinyint, case when range % 2 = 0 then 'a' || range end from range(${rows})`;
    const { columns, rows: found } = await pool.run(sql);
    expect(found).toBe(rows);
    expect(columns[0]).toEqual(Float64Array.from({ length: rows }, (_, row) => row));
    expect(columns[1]).toEqual(Int32Array.from({ length: rows }, (_, row) => row % 7));
    expect(columns[2]).toEqual(Uint8Array.from({ length: rows }, (_, row) => row % 200));
    expect(columns[3]).toEqual(Array.from({ length: rows }, (_, row) => (row % 2 === 0 ? `a${row}` : null)));
  });

  test("text is limited by its length", async () => {
    const pool = startPool({ maxCharacters: 1_000 });
    const sql = (rows: number) => `select repeat('x', 100) from range(${rows})`;
    expect((await pool.run(sql(10))).rows).toBe(10);
    await expect(pool.run(sql(11))).rejects.toMatchObject({ code: "telemetry.query_too_large" });
  });

  test("a child is there before the first statement where that is wanted, and stays", async () => {
    const clock = handClock();
    const pool = startPool({ clock });
    pool.warm();
    expect(pool.size).toBe(1);
    clock.goOff();
    expect(pool.size).toBe(1);
  });

  test("after a fatal error DuckDB is of no use", () => {
    expect(isFatal("FATAL Error: Failed: database has been invalidated because of a previous fatal error")).toBe(true);
    expect(isFatal("INTERNAL Error: Attempted to access index 5 within vector of size 5")).toBe(true);
    expect(isFatal("Invalid Input Error: FATAL is what it says")).toBe(false);
  });

  test("more than can wait are refused, and so is what waits at the end", async () => {
    const pool = startPool({ clock: handClock() });
    const waiting = Array.from({ length: 600 }, () => pool.run(ENDLESS).catch((error) => error.code));
    await pool.stop();
    const codes = await Promise.all(waiting);
    expect(new Set(codes)).toEqual(new Set(["telemetry.queries_full", "telemetry.stopped"]));
    await expect(pool.run("select 1::double")).rejects.toMatchObject({ code: "telemetry.stopped" });
  });
});

import type { AddressInfo } from "node:net";
import { connect, createServer, type Server, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { systemClock } from "./clock.ts";
import { acquireOwnership, type Ownership, type OwnershipOptions } from "./single-owner.ts";
import { createTestDatabase, type TestDatabase } from "./testing/test-database.ts";

let database: TestDatabase;
const held: Ownership[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  for (const ownership of held.splice(0)) await ownership.release();
});
afterAll(() => database.drop());

async function acquire(options: Partial<OwnershipOptions> = {}): Promise<Ownership> {
  const ownership = await acquireOwnership({
    connectionString: database.url,
    lock: "gatewayAndPipeline",
    clock: systemClock,
    onLost: () => {},
    ...options,
  });
  held.push(ownership);
  return ownership;
}

/** Resolves when its function was called. */
function signalled<T>(): { promise: Promise<T>; tell: (value: T) => void } {
  const { promise, resolve } = Promise.withResolvers<T>();
  return { promise, tell: resolve };
}

async function terminateOwner(): Promise<void> {
  await database.pool.query(
    `select pg_terminate_backend(pid) from pg_locks
     where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())`,
  );
}

test("a second one stands by until the first releases", async () => {
  const first = await acquire();
  const standby = signalled<unknown>();
  let order = "";
  const second = acquire({ onStandby: standby.tell }).then(() => {
    order += "second owns";
  });
  await standby.promise;
  expect(order).toBe("");
  order += "first releases, ";
  await first.release();
  await second;
  expect(order).toBe("first releases, second owns");
});

test("an owner whose connection breaks is told once, and the one that stands by takes over", async () => {
  const lost = signalled<Error>();
  let timesLost = 0;
  await acquire({
    onLost: (error) => {
      timesLost += 1;
      lost.tell(error);
    },
  });
  const standby = signalled<unknown>();
  const second = acquire({ onStandby: standby.tell });
  await standby.promise;
  await terminateOwner();
  expect(await lost.promise).toBeInstanceOf(Error);
  await second;
  expect(timesLost).toBe(1);
});

test("releasing is no loss, and works twice", async () => {
  let lost = false;
  const ownership = await acquire({
    onLost: () => {
      lost = true;
    },
  });
  await ownership.release();
  await ownership.release();
  await (await acquire()).release();
  expect(lost).toBe(false);
});

test("waiting ends when it is called off", async () => {
  await acquire();
  const standby = signalled<unknown>();
  const callOff = new AbortController();
  const second = acquire({ onStandby: standby.tell, signal: callOff.signal });
  await standby.promise;
  callOff.abort(new Error("shutting down"));
  await expect(second).rejects.toThrow("shutting down");
});

test("a database that does not answer yet is asked again", async () => {
  const proxy = await startProxy(new URL(database.url), { refuse: 2 });
  const standby = signalled<unknown>();
  const ownership = await acquire({ connectionString: proxy.url, onStandby: standby.tell });
  expect(await standby.promise).toMatchObject({ code: "database.unreachable" });
  await ownership.release();
  proxy.close();
});

test("a connection that stands but answers no more is loss", async () => {
  const proxy = await startProxy(new URL(database.url), { refuse: 0 });
  const lost = signalled<Error>();
  await acquire({ connectionString: proxy.url, clock: hurried(50), onLost: lost.tell });
  proxy.freeze();
  expect((await lost.promise).message).toContain("no heartbeat");
  proxy.close();
});

/** The system's clock, so many times faster. */
function hurried(factor: number): typeof systemClock {
  return { ...systemClock, after: (delayMs, callback) => systemClock.after(delayMs / factor, callback) };
}

/** Passes connections on to the database, after refusing the first few; frozen, it keeps them and passes nothing. */
async function startProxy(target: URL, { refuse }: { refuse: number }) {
  let refusals = refuse;
  const sockets: Socket[] = [];
  const server: Server = createServer((client) => {
    if (refusals-- > 0) return client.destroy();
    const upstream = connect(Number(target.port), target.hostname);
    sockets.push(client, upstream);
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = new URL(target);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    freeze() {
      for (const socket of sockets) socket.unpipe();
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

import { SluiceError } from "@sluice/core/errors.ts";
import { pino } from "pino";
import { beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../../actuation/testing/manual-clock.ts";
import type { Principal } from "../../auth/index.ts";
import { LiveHub } from "./live-hub.ts";
import { LiveSession, MAX_QUEUED, MAX_SNAPSHOTS_A_SECOND, RECHECK_MS } from "./live-session.ts";

/** A socket that keeps what it was given. */
class KeptSocket {
  readonly bufferedAmount = 0;
  readonly messages: { readonly type: string; readonly item?: unknown }[] = [];
  closedWith: number | undefined;

  send(text: string): void {
    this.messages.push(JSON.parse(text));
  }
  close(code: number): void {
    this.closedWith = code;
  }
  terminate(): void {}
  ping(): void {}
}

const OPERATOR = { kind: "user", organizationId: 1, roles: new Set(["operator"]) } as unknown as Principal;

let clock: ManualClock;
let socket: KeptSocket;
let principal: Promise<Principal>;
let session: LiveSession;

beforeEach(async () => {
  clock = new ManualClock();
  socket = new KeptSocket();
  principal = Promise.resolve(OPERATOR);
  const reader = { open: async () => [], byIds: async () => [], isOpen: () => true };
  const readers = { alert: reader, command: reader, execution: reader };
  const hub = new LiveHub({ readers, clock, logger: pino({ level: "silent" }) });
  const authenticate = () => principal;
  session = new LiveSession({ socket, clock, hub, token: "token", authenticate, admit: () => true });
  session.start();
});

/** Nothing here waits for anything but promises. */
const settled = () => new Promise((resolve) => setImmediate(resolve));
const count = (type: string) => socket.messages.filter((message) => message.type === type).length;
const subscribe = () => session.onMessage(JSON.stringify({ subscribe: { alerts: {} } }));

describe("a live session", () => {
  it("remembers of what it was shown only what is open", async () => {
    subscribe();
    await settled();
    expect(count("snapshot")).toBe(1);
    const item = { id: "a", severity: "info" };
    session.takeChange({ kind: "alert", id: "a", item, isOpen: true });
    session.takeChange({ kind: "alert", id: "a", item: undefined, isOpen: false });
    expect(socket.messages.at(-1)).toMatchObject({ type: "change", item: null });
    session.takeChange({ kind: "alert", id: "b", item: { ...item, id: "b" }, isOpen: true });
    session.takeChange({ kind: "alert", id: "b", item: { ...item, id: "b" }, isOpen: false });
    session.takeChange({ kind: "alert", id: "b", item: undefined, isOpen: false });
    expect(socket.messages.at(-1)).toMatchObject({ type: "change", item: { id: "b" } });
  });

  it("whose client says too much while nobody can take it is closed", async () => {
    principal = new Promise(() => {});
    for (let message = 0; message < MAX_QUEUED; message++) subscribe();
    expect(socket.closedWith).toBeUndefined();
    subscribe();
    expect(socket.closedWith).toBe(4429);
  });

  it("that asks for one snapshot after the other is given so many a second, and the last of them then", async () => {
    for (let ask = 0; ask < MAX_SNAPSHOTS_A_SECOND + 3; ask++) {
      subscribe();
      await settled();
    }
    await settled();
    expect(count("snapshot")).toBe(MAX_SNAPSHOTS_A_SECOND);
    clock.advance(1_000);
    await settled();
    expect(count("snapshot")).toBe(MAX_SNAPSHOTS_A_SECOND + 1);
  });

  it("ends when its person may not read any more", async () => {
    await settled();
    expect(count("ready")).toBe(1);
    principal = Promise.resolve({ ...OPERATOR, roles: new Set() } as unknown as Principal);
    clock.advance(RECHECK_MS);
    await settled();
    expect(socket.closedWith).toBe(4403);
  });

  it("goes on while the database cannot say anything about its token", async () => {
    await settled();
    expect(count("ready")).toBe(1);
    principal = Promise.reject(new SluiceError("unavailable", "database.away", "It is away."));
    clock.advance(RECHECK_MS);
    await settled();
    expect(socket.closedWith).toBeUndefined();
    principal = Promise.reject(new SluiceError("unauthenticated", "auth.token_expired", "It has expired."));
    await principal.catch(() => {});
    clock.advance(RECHECK_MS);
    await settled();
    expect(socket.closedWith).toBe(4401);
  });
});

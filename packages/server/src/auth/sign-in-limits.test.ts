import { expect, test } from "vitest";
import {
  ACCOUNT_INTERVAL_MS,
  ATTEMPT_INTERVAL_MS,
  FREE_ATTEMPTS,
  FREE_ATTEMPTS_OF_ACCOUNT,
  FREE_ATTEMPTS_OF_NETWORK,
  NETWORK_INTERVAL_MS,
  SignInLimits,
} from "./sign-in-limits.ts";

function limitsAt() {
  const time = { nowMs: 0 };
  const limits = new SignInLimits({ nowMicros: () => 0, monotonicMs: () => time.nowMs, after: () => () => {} });
  const check =
    (answer: () => Promise<boolean>) =>
    (address: string, account = "a@example.org", isKnownThere = false) =>
      limits.checking({ address, account, isKnownThere }, answer).then(
        () => "tried",
        ({ retryAfterMs, message }) => retryAfterMs ?? message,
      );
  return {
    time,
    attempt: check(async () => false),
    succeed: check(async () => true),
    breakOff: check(() => Promise.reject(new Error("busy"))),
  };
}

async function fill(attempt: (address: string) => Promise<unknown>, address: string): Promise<void> {
  for (let count = 0; count < FREE_ATTEMPTS; count++) expect(await attempt(address)).toBe("tried");
}

/** Of another machine each time. */
const address = (number: number) => `10.1.${number >> 8}.${number & 255}`;

test("after five failures an attempt is free again each half minute", async () => {
  const { time, attempt } = limitsAt();
  await fill(attempt, "10.0.0.1");
  expect(await attempt("10.0.0.1")).toBe(ATTEMPT_INTERVAL_MS);
  time.nowMs = ATTEMPT_INTERVAL_MS / 3;
  expect(await attempt("10.0.0.1")).toBe((ATTEMPT_INTERVAL_MS * 2) / 3);
  time.nowMs = ATTEMPT_INTERVAL_MS;
  expect(await attempt("10.0.0.1")).toBe("tried");
  expect(await attempt("10.0.0.1")).toBe(ATTEMPT_INTERVAL_MS);
});

test("the person who owns the account signs in from elsewhere all the same", async () => {
  const { attempt } = limitsAt();
  await fill(attempt, "10.0.0.1");
  expect(await attempt("10.0.0.2")).toBe("tried");
  expect(await attempt("10.0.0.1", "b@example.org")).toBe("tried");
});

test("letter case makes no other account", async () => {
  const { attempt } = limitsAt();
  await fill(attempt, "10.0.0.1");
  expect(await attempt("10.0.0.1", "A@Example.org")).toBe(ATTEMPT_INTERVAL_MS);
});

test("a success forgives what was before it", async () => {
  const { time, succeed, attempt } = limitsAt();
  await fill(attempt, "10.0.0.1");
  expect(await attempt("10.0.0.1")).toBe(ATTEMPT_INTERVAL_MS);
  time.nowMs = ATTEMPT_INTERVAL_MS;
  await succeed("10.0.0.1");
  await fill(attempt, "10.0.0.1");
});

test("addresses of one IPv6 network are one address, and of another are not", async () => {
  const { attempt } = limitsAt();
  for (let host = 1; host <= FREE_ATTEMPTS; host++) expect(await attempt(`2001:db8:0:1::${host}`)).toBe("tried");
  expect(await attempt("2001:0db8:0000:0001:ffff::1")).toBe(ATTEMPT_INTERVAL_MS);
  expect(await attempt("2001:db8:0:2::1")).toBe("tried");
});

test("one password tried on all accounts is slowed, and those who sign in from that place every day are not", async () => {
  const { time, attempt } = limitsAt();
  for (let count = 0; count < FREE_ATTEMPTS_OF_NETWORK; count++) {
    expect(await attempt("10.0.0.1", `a${count}@example.org`)).toBe("tried");
  }
  expect(await attempt("10.0.0.1", "next@example.org")).toBe(NETWORK_INTERVAL_MS);
  expect(await attempt("10.0.0.1", "colleague@example.org", true)).toBe("tried");
  time.nowMs = NETWORK_INTERVAL_MS;
  expect(await attempt("10.0.0.1", "next@example.org")).toBe("tried");
});

test("an attacker with many machines is slowed, and the owner at a usual place is not", async () => {
  const { time, attempt } = limitsAt();
  for (let count = 0; count < FREE_ATTEMPTS_OF_ACCOUNT; count++) expect(await attempt(address(count))).toBe("tried");
  expect(await attempt(address(1_000))).toBe(ACCOUNT_INTERVAL_MS);
  for (let count = 0; count < FREE_ATTEMPTS; count++) {
    expect(await attempt("10.0.0.1", "a@example.org", true)).toBe("tried");
  }
  expect(await attempt("10.0.0.1", "b@example.org")).toBe("tried");
  time.nowMs = ACCOUNT_INTERVAL_MS;
  expect(await attempt(address(1_001))).toBe("tried");
  expect(await attempt(address(1_002))).toBe(ACCOUNT_INTERVAL_MS);
});

test("who is refused by one limit is not counted by the others", async () => {
  const { time, attempt } = limitsAt();
  for (let count = 0; count < FREE_ATTEMPTS_OF_ACCOUNT; count++) await attempt(address(count));
  for (let count = 0; count < 3 * FREE_ATTEMPTS_OF_NETWORK; count++) {
    expect(await attempt("10.0.0.9")).toBe(ACCOUNT_INTERVAL_MS);
  }
  expect(await attempt("10.0.0.9", "b@example.org")).toBe("tried");
  time.nowMs = ACCOUNT_INTERVAL_MS;
  expect(await attempt("10.0.0.9")).toBe("tried");
});

test("a crowd that signs in at one place at eight o'clock is not slowed", async () => {
  const { succeed } = limitsAt();
  for (let count = 0; count < 10 * FREE_ATTEMPTS_OF_NETWORK; count++) {
    const account = `a${count}@example.org`;
    expect(await succeed("10.0.0.1", account)).toBe("tried");
  }
});

test("a flood of places does not grow the memory without end", async () => {
  const { attempt } = limitsAt();
  await fill(attempt, "10.0.0.1");
  for (let count = 0; count < 10_000; count++) await attempt(address(count), `invented-${count}`);
  expect(await attempt("10.0.0.1")).toBe("tried");
});

test("an attempt that could not be checked does not count", async () => {
  const { attempt, breakOff } = limitsAt();
  for (let count = 0; count < 2 * FREE_ATTEMPTS_OF_NETWORK; count++) expect(await breakOff("10.0.0.1")).toBe("busy");
  await fill(attempt, "10.0.0.1");
});

import { expect, test } from "vitest";
import { ATTEMPT_INTERVAL_MS, FREE_ATTEMPTS, SignInLimits } from "./sign-in-limits.ts";

function limitsAt() {
  const time = { nowMs: 0 };
  const limits = new SignInLimits({ nowMicros: () => 0, monotonicMs: () => time.nowMs, after: () => () => {} });
  const attempt = (address: string, account = "a@example.org") => {
    try {
      limits.attempt(address, account);
      return "tried";
    } catch (error) {
      return (error as { retryAfterMs: number }).retryAfterMs;
    }
  };
  return { time, limits, attempt };
}

function fill(attempt: (address: string) => unknown, address: string): void {
  for (let count = 0; count < FREE_ATTEMPTS; count++) expect(attempt(address)).toBe("tried");
}

test("after five failures an attempt is free again each half minute", () => {
  const { time, attempt } = limitsAt();
  fill(attempt, "10.0.0.1");
  expect(attempt("10.0.0.1")).toBe(ATTEMPT_INTERVAL_MS);
  time.nowMs = ATTEMPT_INTERVAL_MS / 3;
  expect(attempt("10.0.0.1")).toBe((ATTEMPT_INTERVAL_MS * 2) / 3);
  time.nowMs = ATTEMPT_INTERVAL_MS;
  expect(attempt("10.0.0.1")).toBe("tried");
  expect(attempt("10.0.0.1")).toBe(ATTEMPT_INTERVAL_MS);
});

test("the person who owns the account signs in from elsewhere all the same", () => {
  const { attempt } = limitsAt();
  fill(attempt, "10.0.0.1");
  expect(attempt("10.0.0.2")).toBe("tried");
  expect(attempt("10.0.0.1", "b@example.org")).toBe("tried");
});

test("letter case makes no other account", () => {
  const { attempt } = limitsAt();
  fill(attempt, "10.0.0.1");
  expect(attempt("10.0.0.1", "A@Example.org")).toBe(ATTEMPT_INTERVAL_MS);
});

test("a success forgives what was before it", () => {
  const { limits, attempt } = limitsAt();
  fill(attempt, "10.0.0.1");
  limits.succeeded("10.0.0.1", "a@example.org");
  expect(attempt("10.0.0.1")).toBe("tried");
});

test("addresses of one IPv6 network are one address, and of another are not", () => {
  const { attempt } = limitsAt();
  for (let host = 1; host <= FREE_ATTEMPTS; host++) expect(attempt(`2001:db8:0:1::${host}`)).toBe("tried");
  expect(attempt("2001:0db8:0000:0001:ffff::1")).toBe(ATTEMPT_INTERVAL_MS);
  expect(attempt("2001:db8:0:2::1")).toBe("tried");
});

test("a flood of invented accounts does not grow the memory without end", () => {
  const { attempt } = limitsAt();
  fill(attempt, "10.0.0.1");
  for (let count = 0; count < 10_000; count++) attempt("10.0.0.1", `invented-${count}`);
  expect(attempt("10.0.0.1")).toBe("tried");
});

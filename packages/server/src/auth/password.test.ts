import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { assertNewPassword, MAX_PASSWORD_BYTES, Passwords } from "./password.ts";

test("a password is kept as argon2id with 19 MiB and two passes, salted", async () => {
  const passwords = new Passwords(randomBytes);
  const [first, second] = [await passwords.hash("correct horse"), await passwords.hash("correct horse")];
  expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(first).not.toBe(second);
  expect(await passwords.verify(first, "correct horse")).toBe(true);
  expect(await passwords.verify(first, "correct horsf")).toBe(false);
});

test("nobody's password is never right, whatever is tried", async () => {
  const passwords = new Passwords(() => new Uint8Array(16).fill(7));
  await passwords.prepare();
  expect(await passwords.verify(undefined, passwords.generate())).toBe(false);
  expect(await passwords.verify(undefined, "")).toBe(false);
});

test("a password longer than the limit is wrong without being hashed", async () => {
  const passwords = new Passwords(() => {
    throw new Error("asked for a salt");
  });
  expect(await passwords.verify("$argon2id$", "x".repeat(MAX_PASSWORD_BYTES + 1))).toBe(false);
});

test("more sign-ins at once than can wait are told to come back", async () => {
  const passwords = new Passwords(randomBytes);
  const outcomes = await Promise.allSettled(Array.from({ length: 70 }, () => passwords.hash("x")));
  const refused = outcomes.filter((outcome) => outcome.status === "rejected");
  expect(refused).toHaveLength(4);
  expect(refused[0]?.reason).toMatchObject({ kind: "unavailable", code: "auth.busy", retryAfterMs: 2000 });
  expect(await passwords.verify(await passwords.hash("y"), "y")).toBe(true);
});

test.each(["", "1234567", "x".repeat(MAX_PASSWORD_BYTES + 1)])(
  "refuses a new password of a wrong length",
  (password) => {
    expect(() => assertNewPassword(password)).toThrow(expect.objectContaining({ code: "auth.password_length" }));
  },
);

test.each([
  "aaaaaaaaaa",
  "abcabcabcabc",
  "12345678",
  "87654321",
  "abcdefgh",
  "qwertyuiop",
  "poiuytre",
  "ada@example.org",
  "ADA.Lovelace",
  "ada12ada",
  "Sluice12",
  "password1",
  "iloveyou",
  "letmein1",
  "admin123",
  "Passw0rd",
  "P@ssw0rd!",
  "welcome1",
  "Welcome2025",
  "football",
  "trustno1",
  "1q2w3e4r",
  "qwerty123",
  "changeme",
  "!!dragon",
  "a123456789",
])("refuses %s as the first thing that others would try", (password) => {
  const words = ["ada@example.org", "ada.lovelace"];
  expect(() => assertNewPassword(password, words)).toThrow(
    expect.objectContaining({ code: "auth.password_guessable" }),
  );
});

test.each([
  "correct horse battery",
  "sommer am see",
  "dragonfruit salad",
  "monkeywrench",
  "k7#pQ2!x",
  "ada likes eels",
  "pässwörter…",
  "日本語のパスワード",
])("takes %s without asking for special characters", (password) => {
  expect(() => assertNewPassword(password, ["ada@example.org", undefined, "Ada"])).not.toThrow();
});

test("the same password from another keyboard is the same password", async () => {
  const passwords = new Passwords(randomBytes);
  expect(await passwords.verify(await passwords.hash("Zürich ﬁnden"), "Zu\u0308rich finden")).toBe(true);
});

test("a hash of weaker parameters is known to be outdated, and one of now is not", async () => {
  const passwords = new Passwords(randomBytes);
  expect(passwords.isOutdated(await passwords.hash("correct horse"))).toBe(false);
  expect(passwords.isOutdated("$argon2id$v=19$m=4096,t=2,p=1$c2FsdHNhbHQ$aGFzaA")).toBe(true);
  expect(passwords.isOutdated("$argon2id$v=19$m=19456,t=1,p=1$c2FsdHNhbHQ$aGFzaA")).toBe(true);
  expect(passwords.isOutdated("$argon2i$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaA")).toBe(true);
});

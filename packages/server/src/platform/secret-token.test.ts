import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { hashSecretToken, newSecretToken } from "./secret-token.ts";

test("a token carries its prefix and 256 random bits in URL-safe letters", () => {
  const token = newSecretToken("sld_", () => new Uint8Array(32).fill(255));
  expect(token).toBe("sld___________________________________________8");
  expect(newSecretToken("slc_", randomBytes)).toMatch(/^slc_[A-Za-z0-9_-]{43}$/);
});

test("the stored form is the SHA-256 of the whole token", () => {
  // FIPS 180-2, appendix B.1
  expect(hashSecretToken("abc").toString("hex")).toBe(
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});

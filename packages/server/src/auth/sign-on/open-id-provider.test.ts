import { expect, test } from "vitest";
import { joinedClaims } from "./open-id-provider.ts";

test.each([
  ["of the signed token", { email: "a@x.org" }, { email: "b@x.org", email_verified: true }, ["a@x.org", undefined]],
  ["of the further claims", { email_verified: true }, { email: "b@x.org" }, ["b@x.org", undefined]],
  ["of the further claims", {}, { email: "b@x.org", email_verified: true }, ["b@x.org", true]],
])("an address %s is verified if they say so, and nobody else", (_whose, claims, further, mail) => {
  const joined = joinedClaims({ sub: "1", ...claims }, { sub: "2", name: "Ada", ...further });
  expect([joined.email, joined.email_verified]).toEqual(mail);
  expect(joined).toMatchObject({ sub: "1", name: "Ada" });
});

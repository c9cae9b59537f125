import { expect, test } from "vitest";
import { claimedRoles } from "./claimed-roles.ts";

test.each([
  ["roles", { roles: ["admin", "operator", "king"] }, ["operator", "admin"]],
  ["roles", { roles: "scientist" }, ["scientist"]],
  ["resource_access.sluice.roles", { resource_access: { sluice: { roles: ["scientist"] } } }, ["scientist"]],
  ["https://example.org/roles", { "https://example.org/roles": ["operator"] }, ["operator"]],
  ["roles", {}, []],
  ["roles", { roles: { admin: true } }, []],
  ["roles.length", { roles: ["admin"] }, []],
  ["constructor.name", {}, []],
])("%s of %j gives %j", (path, claims, roles) => {
  expect(claimedRoles({ sub: "1", ...claims }, path)).toEqual(roles);
});

import { Type } from "typebox";
import { expect, test } from "vitest";
import { compileValidator } from "./schema-validation.ts";
import { Body } from "./schemas.ts";

const schema = Body({
  reason: Type.String({ maxLength: 5 }),
  by: Type.String(),
  mode: Type.Optional(Type.Enum(["on", "off"])),
  limits: Type.Optional(Body({ burst: Type.Integer({ minimum: 1 }) })),
});

function detailOf(body: unknown): string {
  const check = compileValidator({ schema, httpPart: "body", method: "POST", url: "/" });
  return (check(body) as { readonly error: Error }).error.message;
}

test.each([
  [{ by: "a" }, "`reason` is missing in the body."],
  [{}, "`reason`, `by` are missing in the body."],
  [{ reason: "a", by: "b", colour: 1 }, "`colour` is unknown in the body."],
  [{ reason: "a", by: "b", limits: {} }, "`burst` is missing in the body/limits."],
  [{ reason: "a", by: "b", limits: { burst: 0 } }, "body/limits/burst must be >= 1."],
  [{ reason: "a", by: "b", mode: "half" }, "body/mode must be one of on, off."],
])("%o is refused in a plain sentence", (body, detail) => {
  expect(detailOf(body)).toBe(detail);
});

import { expect, test } from "vitest";
import { withoutReferences, withReferences } from "./secret-references.ts";

test("what signs a webhook is written as a variable, and read from the environment", () => {
  const channels = [
    { name: "Öps on-call 2", kind: "webhook" },
    { name: "Mails", kind: "email" },
  ];
  const written = withReferences({ channels });
  expect(written.channels).toEqual([
    { name: "Öps on-call 2", kind: "webhook", secret: `\${CHANNEL_O_PS_ON_CALL_2_SECRET}` },
    { name: "Mails", kind: "email" },
  ]);
  const read = withoutReferences(written, { CHANNEL_O_PS_ON_CALL_2_SECRET: "whsec_abc" });
  expect(read).toEqual({ file: { channels: [{ ...channels[0], secret: "whsec_abc" }, channels[1]] }, missing: [] });
});

test("a variable that is not set leaves the secret out, and a secret that is none is taken as it stands", () => {
  const file = { channels: [{ name: "Ops", kind: "webhook", secret: `\${CHANNEL_OPS_SECRET}` }] };
  const bare = { channels: [{ name: "Ops", kind: "webhook" }] };
  expect(withoutReferences(file, {})).toEqual({ file: bare, missing: ["CHANNEL_OPS_SECRET"] });
  const plain = { channels: [{ name: "Ops", kind: "webhook", secret: `whsec_\${X}` }] };
  expect(withoutReferences(plain, { X: "y" })).toEqual({ file: plain, missing: [] });
  expect(withoutReferences({}, {})).toEqual({ file: {}, missing: [] });
});

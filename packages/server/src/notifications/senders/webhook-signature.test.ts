import { expect, test } from "vitest";
import { assertSigningSecret, signWebhook } from "./webhook-signature.ts";

/** The example of the specification's reference libraries (github.com/standard-webhooks/standard-webhooks, libraries). */
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const MESSAGE = { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestampS: 1_614_265_330, body: '{"test": 2432232314}' };
const SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

test("the specification's example has the specification's signature", () => {
  expect(signWebhook([SECRET], MESSAGE)).toEqual({
    "webhook-id": MESSAGE.id,
    "webhook-timestamp": "1614265330",
    "webhook-signature": SIGNATURE,
  });
});

test("two secrets are two signatures with a space between", () => {
  const other = `whsec_${Buffer.alloc(32, 1).toString("base64")}`;
  const signatures = signWebhook([other, SECRET], MESSAGE)["webhook-signature"].split(" ");
  expect(signatures).toEqual([expect.stringMatching(/^v1,/), SIGNATURE]);
  expect(signatures[0]).not.toBe(SIGNATURE);
});

test.each([
  ["id", { id: "msg_other" }],
  ["timestamp", { timestampS: 1_614_265_331 }],
  ["body", { body: '{"test": 2432232315}' }],
])("another %s has another signature", (_what, change) => {
  expect(signWebhook([SECRET], { ...MESSAGE, ...change })["webhook-signature"]).not.toBe(SIGNATURE);
});

test.each([
  "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  "whsec_",
  "whsec_short",
  "whsec_not/base64!not/base64!not/base64!",
  `whsec_${"A".repeat(100)}`,
])("%s is no signing secret, and is not repeated", (secret) => {
  let failure: { code?: string; message?: string } = {};
  try {
    assertSigningSecret(secret);
  } catch (error) {
    failure = error as typeof failure;
  }
  expect(failure.code).toBe("channel.secret_invalid");
  if (secret.length > 20) expect(failure.message).not.toContain(secret);
  expect(() => assertSigningSecret(SECRET)).not.toThrow();
});

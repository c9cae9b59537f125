import { expect, test } from "vitest";
import { assertConfiguration, assertLimits } from "./channel-configuration.ts";
import type { AllowPrivate } from "./senders/allow-private.ts";

const codeOf = (configuration: Parameters<typeof assertConfiguration>[0], allowed: AllowPrivate = "none") => {
  try {
    assertConfiguration(configuration, allowed);
    return "good";
  } catch (error) {
    return (error as { code: string }).code;
  }
};
const webhook = (url: string, allowed?: AllowPrivate) => codeOf({ kind: "webhook", url }, allowed);

test.each([
  ["https://hooks.example/x?y=1", "good"],
  ["http://hooks.example/x", "channel.url_insecure"],
  ["ftp://hooks.example", "channel.url_invalid"],
  ["hooks.example", "channel.url_invalid"],
  ["https://user:secret@hooks.example", "channel.url_invalid"],
  ["https://127.0.0.1", "webhook.address_refused"],
  ["https://0x7f.1", "webhook.address_refused"],
  ["https://2130706433", "webhook.address_refused"],
  ["https://[::1]:443", "webhook.address_refused"],
  ["https://[::ffff:169.254.169.254]", "webhook.address_refused"],
  [`https://hooks.example/${"x".repeat(2_000)}`, "channel.url_invalid"],
])("a webhook to %s: %s", (url, code) => {
  expect(webhook(url)).toBe(code);
});

test("a host that is allowed to be private may be without encryption, too", () => {
  const allowed = new Set(["hub.lan", "192.168.1.4:8123"]);
  expect(webhook("http://hub.lan:9000/x", allowed)).toBe("good");
  expect(webhook("http://192.168.1.4:8123/x", allowed)).toBe("good");
  expect(webhook("https://192.168.1.4/x", allowed)).toBe("webhook.address_refused");
  expect(webhook("http://127.0.0.1/x", "any")).toBe("good");
});

test.each([
  [["ops@example.org", "ada@example.org"], "good"],
  [[], "channel.address_invalid"],
  [["ops@example.org\r\nBcc: all@example.org"], "channel.address_invalid"],
  [["ops@example.org,all@example.org"], "channel.address_invalid"],
  [["Ops <ops@example.org>"], "channel.address_invalid"],
  [["ops"], "channel.address_invalid"],
  [Array(21).fill("ops@example.org"), "channel.address_invalid"],
])("mail to %j: %s", (to, code) => {
  expect(codeOf({ kind: "email", to })).toBe(code);
});

test.each([
  ["+4915112345678", "good"],
  ["015112345678", "channel.number_invalid"],
  ["+49 151 12345678", "channel.number_invalid"],
])("SMS to %s: %s", (to, code) => {
  expect(codeOf({ kind: "sms", to })).toBe(code);
});

test("limits are whole and within theirs", () => {
  expect(() => assertLimits({ sendsPerMinute: 1, burst: 1 })).not.toThrow();
  for (const limits of [
    { sendsPerMinute: 0, burst: 1 },
    { sendsPerMinute: 1.5, burst: 1 },
    { sendsPerMinute: 1, burst: 1001 },
  ]) {
    expect(() => assertLimits(limits)).toThrow(expect.objectContaining({ code: "channel.limits_invalid" }));
  }
});

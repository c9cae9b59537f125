import { expect, test, vi } from "vitest";
import { Subscriptions } from "./subscriptions.ts";

test("an organization has as many streams as it may, and another one its own", () => {
  const subscriptions = new Subscriptions(2);
  const first = subscriptions.begin(1);
  subscriptions.begin(1);
  expect(() => subscriptions.begin(1)).toThrow(expect.objectContaining({ code: "stream.too_many", retryable: true }));
  subscriptions.begin(2);
  first.end();
  first.end();
  subscriptions.begin(1);
  expect(subscriptions.count).toBe(3);
});

test("all stop with the server, with all that belongs to them, once", () => {
  const subscriptions = new Subscriptions();
  const stopped = vi.fn();
  for (const organization of [1, 1, 2]) subscriptions.begin(organization).onStop(stopped);
  subscriptions.stop();
  subscriptions.stop();
  expect(stopped).toHaveBeenCalledTimes(3);
  expect(subscriptions.count).toBe(0);
});

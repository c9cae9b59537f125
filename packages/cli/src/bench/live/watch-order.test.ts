import { expect, it } from "vitest";
import { devicesOf, type WatchOrder } from "./watch-order.ts";

it("every device is watched by as many subscribers as every other", () => {
  const order = { subscribers: 1_000, devicesEach: 10, devices: 10_000 } as WatchOrder;
  const watched = Array.from({ length: order.subscribers }, (_, subscriber) => devicesOf(subscriber, order)).flat();
  expect(new Set(watched).size).toBe(order.devices);
  expect(watched.length).toBe(order.devices);
});

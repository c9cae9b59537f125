import fc from "fast-check";
import { expect, test } from "vitest";
import {
  afterDrainAndFill,
  afterFlowThrough,
  minutesOfFlow,
  shareToDrain,
  volumesToFlowThrough,
} from "./water-exchange.ts";

test("half a pond exchanged with clean water halves what is in it, and flowing through takes ln 2 ponds for that", () => {
  const exchange = { aim: "lower", concentration: 4, target: 2, incoming: 0 } as const;
  expect(shareToDrain(exchange).value).toBe(0.5);
  expect(volumesToFlowThrough(exchange).value).toBeCloseTo(Math.LN2, 10);
});

test("either way the pond ends at its target", () => {
  const amounts = fc.double({ min: 0, max: 50, noNaN: true });
  fc.assert(
    fc.property(
      amounts,
      amounts,
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      (concentration, incoming, share) => {
        fc.pre(Math.abs(concentration - incoming) > 0.01);
        const target = incoming + (concentration - incoming) * share;
        const aim = incoming < concentration ? "lower" : "raise";
        const exchange = { aim, concentration, target, incoming } as const;
        const drained = shareToDrain(exchange).value!;
        expect(afterDrainAndFill(concentration, incoming, drained)).toBeCloseTo(target, 8);
        const volumes = volumesToFlowThrough(exchange).value!;
        expect(afterFlowThrough(concentration, incoming, volumes)).toBeCloseTo(target, 8);
        expect(volumes).toBeGreaterThan(drained);
      },
    ),
  );
});

test("a target that is met needs no water, and one beyond the incoming water cannot be met", () => {
  expect(shareToDrain({ aim: "lower", concentration: 1, target: 2, incoming: 0 }).value).toBe(0);
  expect(volumesToFlowThrough({ aim: "lower", concentration: 2, target: 2, incoming: 0 }).value).toBe(0);
  expect(volumesToFlowThrough({ aim: "lower", concentration: 2, target: 2, incoming: 2 }).value).toBe(0);
  expect(shareToDrain({ aim: "lower", concentration: 4, target: 2, incoming: 3 }).reason).toContain("no better");
  expect(shareToDrain({ aim: "lower", concentration: 4, target: 2, incoming: 4 }).reason).toContain("no better");
  expect(volumesToFlowThrough({ aim: "lower", concentration: 4, target: 2, incoming: 2 }).reason).toContain("10 times");
});

test("oxygen is raised by water that has more of it, and never by water that has less", () => {
  const starving = { aim: "raise", concentration: 3, target: 5 } as const;
  expect(shareToDrain({ ...starving, incoming: 2 }).reason).toContain("no better");
  expect(shareToDrain({ ...starving, incoming: 7 }).value).toBe(0.5);
  expect(shareToDrain({ ...starving, concentration: 6, incoming: 2 }).value).toBe(0);
  expect(volumesToFlowThrough({ ...starving, incoming: Number.NaN }).reason).toContain("missing");
});

test("a pond of 500 m³ takes 8 h 20 min at 1,000 L a minute", () => {
  expect(minutesOfFlow(1, 500_000, 1_000).value).toBe(500);
  expect(minutesOfFlow(1, 500_000, 0).reason).toContain("nothing flows");
});

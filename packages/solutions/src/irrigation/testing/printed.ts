import { expect } from "vitest";

/** That a value is a figure of a source, to the digits that the source prints: "0.0674", "12.30", "-0.400". */
export function expectPrinted(value: number, figure: string): void {
  const digits = figure.split(".")[1]?.length ?? 0;
  expect(value.toFixed(digits)).toBe(figure);
}

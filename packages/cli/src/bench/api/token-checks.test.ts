import { expect, test } from "vitest";
import { percentileBetween, readTokenChecks } from "./token-checks.ts";

const page = (...counts: readonly number[]) =>
  readTokenChecks(
    [
      "# TYPE sluice_token_check_duration_seconds histogram",
      `sluice_token_check_duration_seconds_bucket{le="0.0005"} ${counts[0]}`,
      `sluice_token_check_duration_seconds_bucket{le="0.001"} ${counts[1]}`,
      `sluice_token_check_duration_seconds_bucket{le="+Inf"} ${counts[2]}`,
      "sluice_token_check_duration_seconds_sum 1",
    ].join("\n"),
  );

test("a percentile is the bucket in which it lies, of what came in between", () => {
  const before = page(1_000, 1_000, 5_000);
  expect(percentileBetween(before, page(1_990, 1_999, 6_000), 99)).toEqual({
    checks: 1_000,
    atMostMs: 0.5,
    aboutMs: 0.5,
  });
  expect(percentileBetween(before, page(1_988, 1_992, 6_000), 99)).toEqual({
    checks: 1_000,
    atMostMs: 1,
    aboutMs: 0.75,
  });
  const beyond = { checks: 1_000, atMostMs: null, aboutMs: null };
  expect(percentileBetween(before, page(1_900, 1_989, 6_000), 99)).toEqual(beyond);
});

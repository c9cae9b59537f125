export type { BacktestJob, BacktestResult } from "./backtest-job.ts";
export { Backtester, type BacktesterOptions, MAX_BACKTEST_MS } from "./backtester.ts";
export {
  type BacktestAction,
  type BacktestOrder,
  MAX_BACKTEST_DAYS,
  MAX_BACKTEST_DEVICES,
  type ResolvedBacktest,
  resolveBacktest,
} from "./resolve-backtest.ts";

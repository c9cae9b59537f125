export { adoptSolutions } from "./adopt-solutions.ts";
export { type InstalledSolution, installSolution, type PartChange } from "./install-solution.ts";
export { listSolutions, type SolutionView } from "./list-solutions.ts";
export { OUTCOMES, type Outcome } from "./plan-upgrade.ts";
export { REASONS_TO_STAY, type RemovedSolution, removeSolution } from "./remove-solution.ts";
export type { Solutions } from "./solutions.ts";

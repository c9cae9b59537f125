import type { WaterLimit } from "./water-limit.ts";

/**
 * Limits on drinking water. Every row is as its source prints it. The table is not complete: it has what stations and common
 * laboratory reports tell, and leaves out pesticides, solvents, radionuclides but uranium, and PFAS.
 *
 * - EPA: National Primary Drinking Water Regulations, Code of Federal Regulations, title 40, part 141; secondary maximum
 *   contaminant levels, part 143.3, which are recommendations.
 * - EU: Directive (EU) 2020/2184 of 16 December 2020 on the quality of water intended for human consumption, annexes I and II.
 * - WHO: Guidelines for drinking-water quality, fourth edition incorporating the first and second addenda (2022), annex 3 and
 *   chapters 7, 8 and 10.
 */
const EPA_INORGANIC = "40 CFR 141.62(b)";
const EPA_BYPRODUCTS = "40 CFR 141.64(b)";
const EPA_SECONDARY = "40 CFR 143.3";
const EU_B = "Directive (EU) 2020/2184, annex I, part B";
const EU_C = "Directive (EU) 2020/2184, annex I, part C";
const WHO_ANNEX = "WHO Guidelines, 4th edition with addenda (2022), annex 3";
const WHO_ACCEPTABLE = "WHO Guidelines, 4th edition with addenda (2022), chapter 10";

/** Until then the older values of annex I, part B, hold. */
const EU_TRANSITION_ENDS = "2036-01-12";
/** From then the Lead and Copper Rule Improvements of 30 October 2024 (89 FR 86418) hold. */
const LEAD_RULE_BEGINS = "2027-11-01";

const EPA: readonly Omit<WaterLimit, "authority">[] = [
  { parameter: "arsenic", meaning: "legal", maximum: 0.01, unit: "mg/L", source: EPA_INORGANIC },
  { parameter: "antimony", meaning: "legal", maximum: 0.006, unit: "mg/L", source: EPA_INORGANIC },
  { parameter: "barium", meaning: "legal", maximum: 2, unit: "mg/L", source: EPA_INORGANIC },
  { parameter: "beryllium", meaning: "legal", maximum: 0.004, unit: "mg/L", source: EPA_INORGANIC },
  { parameter: "bromate", meaning: "legal", maximum: 0.01, unit: "mg/L", source: EPA_BYPRODUCTS },
  { parameter: "cadmium", meaning: "legal", maximum: 0.005, unit: "mg/L", source: EPA_INORGANIC },
  { parameter: "chromium", meaning: "legal", maximum: 0.1, unit: "mg/L", source: EPA_INORGANIC, note: "Total." },
  { parameter: "cyanide", meaning: "legal", maximum: 0.2, unit: "mg/L", source: EPA_INORGANIC, note: "Free cyanide." },
  {
    parameter: "e_coli",
    meaning: "legal",
    maximum: 0,
    unit: "1/100 mL",
    source: "40 CFR 141.63(c)",
    note: "In a sample and its repeats.",
  },
  { parameter: "fluoride", meaning: "legal", maximum: 4, unit: "mg/L", source: EPA_INORGANIC },
  {
    parameter: "haloacetic_acids",
    meaning: "legal",
    maximum: 0.06,
    unit: "mg/L",
    source: EPA_BYPRODUCTS,
    note: "Five of them, a running annual mean.",
  },
  { parameter: "mercury", meaning: "legal", maximum: 0.002, unit: "mg/L", source: EPA_INORGANIC, note: "Inorganic." },
  { parameter: "nitrate", meaning: "legal", maximum: 10, unit: "mg/L", as: "N", source: EPA_INORGANIC },
  { parameter: "nitrite", meaning: "legal", maximum: 1, unit: "mg/L", as: "N", source: EPA_INORGANIC },
  { parameter: "selenium", meaning: "legal", maximum: 0.05, unit: "mg/L", source: EPA_INORGANIC },
  { parameter: "thallium", meaning: "legal", maximum: 0.002, unit: "mg/L", source: EPA_INORGANIC },
  {
    parameter: "trihalomethanes",
    meaning: "legal",
    maximum: 0.08,
    unit: "mg/L",
    source: EPA_BYPRODUCTS,
    note: "Total, a running annual mean.",
  },
  { parameter: "uranium", meaning: "legal", maximum: 30, unit: "µg/L", source: "40 CFR 141.66(e)" },
  {
    parameter: "coliforms",
    meaning: "action",
    maximum: 0,
    unit: "1/100 mL",
    source: "40 CFR 141.859(a)",
    note: "Assessed where more than 5 % of a month's samples, or two of fewer than 40, have any.",
  },
  {
    parameter: "lead",
    meaning: "action",
    maximum: 0.015,
    unit: "mg/L",
    until: LEAD_RULE_BEGINS,
    source: "40 CFR 141.80(c)",
    note: "In the 90th percentile of taps.",
  },
  {
    parameter: "lead",
    meaning: "action",
    maximum: 0.01,
    unit: "mg/L",
    from: LEAD_RULE_BEGINS,
    source: "40 CFR 141.80(c), as amended by 89 FR 86418",
    note: "In the 90th percentile of taps.",
  },
  {
    parameter: "copper",
    meaning: "action",
    maximum: 1.3,
    unit: "mg/L",
    source: "40 CFR 141.80(c)",
    note: "In the 90th percentile of taps.",
  },
  {
    parameter: "chlorine",
    meaning: "legal",
    maximum: 4,
    unit: "mg/L",
    source: "40 CFR 141.65(a)",
    note: "As Cl2, a running annual mean.",
  },
  {
    parameter: "chlorine",
    meaning: "treatment",
    minimum: 0.2,
    unit: "mg/L",
    source: "40 CFR 141.72(b)(2)",
    note: "Where surface water enters the network; not less for more than 4 hours.",
  },
  {
    parameter: "turbidity",
    meaning: "treatment",
    maximum: 1,
    unit: "NTU",
    source: "40 CFR 141.173(a)",
    note: "Of filtered water at any time; 0.3 NTU in 95 % of a month's measurements.",
  },
  { parameter: "ph", meaning: "aesthetic", minimum: 6.5, maximum: 8.5, unit: "pH", source: EPA_SECONDARY },
  {
    parameter: "aluminium",
    meaning: "aesthetic",
    maximum: 0.2,
    unit: "mg/L",
    source: EPA_SECONDARY,
    note: "0.05 to 0.2.",
  },
  { parameter: "chloride", meaning: "aesthetic", maximum: 250, unit: "mg/L", source: EPA_SECONDARY },
  { parameter: "copper", meaning: "aesthetic", maximum: 1, unit: "mg/L", source: EPA_SECONDARY },
  { parameter: "fluoride", meaning: "aesthetic", maximum: 2, unit: "mg/L", source: EPA_SECONDARY },
  { parameter: "iron", meaning: "aesthetic", maximum: 0.3, unit: "mg/L", source: EPA_SECONDARY },
  { parameter: "manganese", meaning: "aesthetic", maximum: 0.05, unit: "mg/L", source: EPA_SECONDARY },
  { parameter: "sulfate", meaning: "aesthetic", maximum: 250, unit: "mg/L", source: EPA_SECONDARY },
  { parameter: "dissolved_solids", meaning: "aesthetic", maximum: 500, unit: "mg/L", source: EPA_SECONDARY },
  { parameter: "zinc", meaning: "aesthetic", maximum: 5, unit: "mg/L", source: EPA_SECONDARY },
];

const EU: readonly Omit<WaterLimit, "authority">[] = [
  {
    parameter: "e_coli",
    meaning: "legal",
    maximum: 0,
    unit: "1/100 mL",
    source: "Directive (EU) 2020/2184, annex I, part A",
  },
  {
    parameter: "enterococci",
    meaning: "legal",
    maximum: 0,
    unit: "1/100 mL",
    source: "Directive (EU) 2020/2184, annex I, part A",
  },
  { parameter: "antimony", meaning: "legal", maximum: 10, unit: "µg/L", source: EU_B },
  { parameter: "arsenic", meaning: "legal", maximum: 10, unit: "µg/L", source: EU_B },
  { parameter: "boron", meaning: "legal", maximum: 1.5, unit: "mg/L", source: EU_B },
  { parameter: "bromate", meaning: "legal", maximum: 10, unit: "µg/L", source: EU_B },
  { parameter: "cadmium", meaning: "legal", maximum: 5, unit: "µg/L", source: EU_B },
  { parameter: "chromium", meaning: "legal", maximum: 50, unit: "µg/L", until: EU_TRANSITION_ENDS, source: EU_B },
  { parameter: "chromium", meaning: "legal", maximum: 25, unit: "µg/L", from: EU_TRANSITION_ENDS, source: EU_B },
  { parameter: "copper", meaning: "legal", maximum: 2, unit: "mg/L", source: EU_B },
  { parameter: "fluoride", meaning: "legal", maximum: 1.5, unit: "mg/L", source: EU_B },
  { parameter: "lead", meaning: "legal", maximum: 10, unit: "µg/L", until: EU_TRANSITION_ENDS, source: EU_B },
  { parameter: "lead", meaning: "legal", maximum: 5, unit: "µg/L", from: EU_TRANSITION_ENDS, source: EU_B },
  { parameter: "mercury", meaning: "legal", maximum: 1, unit: "µg/L", source: EU_B },
  { parameter: "nickel", meaning: "legal", maximum: 20, unit: "µg/L", source: EU_B },
  { parameter: "nitrate", meaning: "legal", maximum: 50, unit: "mg/L", as: "NO3", source: EU_B },
  { parameter: "nitrite", meaning: "legal", maximum: 0.5, unit: "mg/L", as: "NO2", source: EU_B },
  { parameter: "selenium", meaning: "legal", maximum: 20, unit: "µg/L", source: EU_B },
  { parameter: "trihalomethanes", meaning: "legal", maximum: 100, unit: "µg/L", source: EU_B, note: "Total." },
  { parameter: "uranium", meaning: "legal", maximum: 30, unit: "µg/L", source: EU_B },
  {
    parameter: "turbidity",
    meaning: "treatment",
    maximum: 1,
    unit: "NTU",
    source: "Directive (EU) 2020/2184, annex II, part A",
    note: "At the works, in operational monitoring; 0.3 NTU in 95 % of samples.",
  },
  { parameter: "aluminium", meaning: "indicator", maximum: 200, unit: "µg/L", source: EU_C },
  { parameter: "ammonium", meaning: "indicator", maximum: 0.5, unit: "mg/L", as: "NH4", source: EU_C },
  { parameter: "chloride", meaning: "indicator", maximum: 250, unit: "mg/L", source: EU_C },
  { parameter: "coliforms", meaning: "indicator", maximum: 0, unit: "1/100 mL", source: EU_C },
  { parameter: "conductivity", meaning: "indicator", maximum: 2500, unit: "µS/cm", atCelsius: 20, source: EU_C },
  { parameter: "ph", meaning: "indicator", minimum: 6.5, maximum: 9.5, unit: "pH", source: EU_C },
  { parameter: "iron", meaning: "indicator", maximum: 200, unit: "µg/L", source: EU_C },
  { parameter: "manganese", meaning: "indicator", maximum: 50, unit: "µg/L", source: EU_C },
  { parameter: "sodium", meaning: "indicator", maximum: 200, unit: "mg/L", source: EU_C },
  { parameter: "sulfate", meaning: "indicator", maximum: 250, unit: "mg/L", source: EU_C },
];

const WHO: readonly Omit<WaterLimit, "authority">[] = [
  {
    parameter: "e_coli",
    meaning: "guideline",
    maximum: 0,
    unit: "1/100 mL",
    source: "WHO Guidelines, 4th edition with addenda (2022), table 7.10",
  },
  { parameter: "antimony", meaning: "guideline", maximum: 0.02, unit: "mg/L", source: WHO_ANNEX },
  { parameter: "arsenic", meaning: "guideline", maximum: 0.01, unit: "mg/L", source: WHO_ANNEX, note: "Provisional." },
  { parameter: "barium", meaning: "guideline", maximum: 1.3, unit: "mg/L", source: WHO_ANNEX },
  { parameter: "boron", meaning: "guideline", maximum: 2.4, unit: "mg/L", source: WHO_ANNEX },
  { parameter: "bromate", meaning: "guideline", maximum: 0.01, unit: "mg/L", source: WHO_ANNEX, note: "Provisional." },
  { parameter: "cadmium", meaning: "guideline", maximum: 0.003, unit: "mg/L", source: WHO_ANNEX },
  { parameter: "chlorine", meaning: "guideline", maximum: 5, unit: "mg/L", source: WHO_ANNEX },
  {
    parameter: "chlorine",
    meaning: "treatment",
    minimum: 0.2,
    unit: "mg/L",
    source: WHO_ANNEX,
    note: "At the point of delivery; 0.5 mg/L after 30 minutes of contact below pH 8.",
  },
  { parameter: "chromium", meaning: "guideline", maximum: 0.05, unit: "mg/L", source: WHO_ANNEX, note: "Total." },
  { parameter: "copper", meaning: "guideline", maximum: 2, unit: "mg/L", source: WHO_ANNEX },
  { parameter: "fluoride", meaning: "guideline", maximum: 1.5, unit: "mg/L", source: WHO_ANNEX },
  { parameter: "lead", meaning: "guideline", maximum: 0.01, unit: "mg/L", source: WHO_ANNEX, note: "Provisional." },
  {
    parameter: "manganese",
    meaning: "guideline",
    maximum: 0.08,
    unit: "mg/L",
    source: WHO_ANNEX,
    note: "Provisional.",
  },
  { parameter: "mercury", meaning: "guideline", maximum: 0.006, unit: "mg/L", source: WHO_ANNEX, note: "Inorganic." },
  { parameter: "nickel", meaning: "guideline", maximum: 0.07, unit: "mg/L", source: WHO_ANNEX },
  { parameter: "nitrate", meaning: "guideline", maximum: 50, unit: "mg/L", as: "NO3", source: WHO_ANNEX },
  { parameter: "nitrite", meaning: "guideline", maximum: 3, unit: "mg/L", as: "NO2", source: WHO_ANNEX },
  { parameter: "selenium", meaning: "guideline", maximum: 0.04, unit: "mg/L", source: WHO_ANNEX, note: "Provisional." },
  { parameter: "uranium", meaning: "guideline", maximum: 0.03, unit: "mg/L", source: WHO_ANNEX, note: "Provisional." },
  {
    parameter: "turbidity",
    meaning: "treatment",
    maximum: 1,
    unit: "NTU",
    source: WHO_ACCEPTABLE,
    note: "Before disinfection; large well-run works should average 0.2 NTU.",
  },
  { parameter: "turbidity", meaning: "aesthetic", maximum: 4, unit: "NTU", source: WHO_ACCEPTABLE, note: "Visible." },
  { parameter: "ph", meaning: "indicator", minimum: 6.5, maximum: 8.5, unit: "pH", source: WHO_ACCEPTABLE },
  { parameter: "iron", meaning: "aesthetic", maximum: 0.3, unit: "mg/L", source: WHO_ACCEPTABLE },
  { parameter: "sulfate", meaning: "aesthetic", maximum: 250, unit: "mg/L", source: WHO_ACCEPTABLE },
  { parameter: "chloride", meaning: "aesthetic", maximum: 250, unit: "mg/L", source: WHO_ACCEPTABLE },
  { parameter: "sodium", meaning: "aesthetic", maximum: 200, unit: "mg/L", source: WHO_ACCEPTABLE },
  { parameter: "dissolved_solids", meaning: "aesthetic", maximum: 1000, unit: "mg/L", source: WHO_ACCEPTABLE },
];

export const WATER_LIMITS: readonly WaterLimit[] = [
  ...EPA.map((limit) => ({ ...limit, authority: "EPA" as const })),
  ...EU.map((limit) => ({ ...limit, authority: "EU" as const })),
  ...WHO.map((limit) => ({ ...limit, authority: "WHO" as const })),
];

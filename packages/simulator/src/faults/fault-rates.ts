import { SluiceError } from "@sluice/core/errors.ts";

export const FAULT_KINDS = ["stuck", "spike", "drift", "drop-out", "reboot"] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** How likely each kind begins at a reading, 0 to 1. */
export type FaultRates = Readonly<Partial<Record<FaultKind, number>>>;

/** `stuck:0.01,spike:0.001` */
export function parseFaultRates(text: string): FaultRates {
  return Object.fromEntries(text.split(",").map(parseOne));
}

function parseOne(part: string): [FaultKind, number] {
  const [name, share = ""] = part.trim().split(":");
  const kind = FAULT_KINDS.find((known) => known === name);
  const rate = share.trim() === "" ? Number.NaN : Number(share);
  if (kind !== undefined && rate >= 0 && rate <= 1) return [kind, rate];
  throw new SluiceError("invalid", "simulator.bad_faults", `"${part}" is no fault with its likelihood.`, {
    details: { mend: `Write it like stuck:0.01,spike:0.001. There are: ${FAULT_KINDS.join(", ")}; from 0 to 1.` },
  });
}

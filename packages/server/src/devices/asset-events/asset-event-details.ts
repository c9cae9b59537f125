import { SluiceError } from "@sluice/core/errors.ts";

export const ASSET_EVENT_KINDS = ["feeding", "calibration", "lab-sample", "harvest", "note"] as const;
export type AssetEventKind = (typeof ASSET_EVENT_KINDS)[number];

/** What each kind says; which of it has to be there. `values`: by metric or substance, in the unit that its name says. */
export interface AssetEventDetails {
  readonly grams?: number | undefined;
  readonly feed?: string | undefined;
  readonly metric?: string | undefined;
  readonly method?: string | undefined;
  readonly reference?: number | undefined;
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  readonly values?: Readonly<Record<string, number>> | undefined;
  readonly laboratory?: string | undefined;
  readonly sample?: string | undefined;
  readonly kilograms?: number | undefined;
  readonly pieces?: number | undefined;
}

type Field = keyof AssetEventDetails;

const FIELDS: Readonly<Record<AssetEventKind, { readonly needs: readonly Field[]; readonly takes: readonly Field[] }>> =
  {
    feeding: { needs: ["grams"], takes: ["grams", "feed"] },
    calibration: { needs: ["metric"], takes: ["metric", "method", "reference", "before", "after"] },
    "lab-sample": { needs: ["values"], takes: ["values", "laboratory", "sample", "method"] },
    harvest: { needs: [], takes: ["kilograms", "pieces"] },
    note: { needs: [], takes: [] },
  };

/** Throws `asset_event.field_unexpected` and `asset_event.field_needed`. */
export function assertEventDetails(kind: AssetEventKind, details: AssetEventDetails, note: string | null): void {
  const given = Object.entries(details)
    .filter(([, value]) => value !== undefined)
    .map(([field]) => field as Field);
  const { needs, takes } = FIELDS[kind];
  const surplus = given.find((field) => !takes.includes(field));
  if (surplus !== undefined) {
    const known = takes.length === 0 ? "no details" : takes.join(", ");
    throw refused("field_unexpected", surplus, `A ${kind} takes no ${surplus}: it takes ${known}.`);
  }
  const missing = needs.find((field) => !given.includes(field));
  if (missing !== undefined) throw refused("field_needed", missing, `A ${kind} needs ${missing}.`);
  if (kind === "harvest" && given.length === 0) {
    throw refused("field_needed", "kilograms", "A harvest needs kilograms, or pieces.");
  }
  if (kind === "note" && note === null) throw refused("field_needed", "note", "A note needs its text in `note`.");
}

function refused(code: string, field: string, message: string): SluiceError {
  return new SluiceError("invalid", `asset_event.${code}`, message, { details: { field } });
}

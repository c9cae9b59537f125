/** What a formula says, or why it says nothing: an input is missing, or lies where the formula does not hold. */
export type Determined<Value> =
  | { readonly value: Value; readonly reason?: undefined }
  | { readonly value: undefined; readonly reason: string };

export function determined<Value>(value: Value): Determined<Value> {
  return { value };
}

/** The reason is a clause that names the input: "the wind is missing". */
export function undetermined(reason: string): { readonly value: undefined; readonly reason: string } {
  return { value: undefined, reason };
}

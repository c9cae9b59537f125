/** Kleene's three truth values, in the order that makes `and` a minimum and `or` a maximum. */
export type Truth = 0 | 1 | 2;

export const FALSE = 0;
export const UNKNOWN = 1;
export const TRUE = 2;

export function not(truth: Truth): Truth {
  return (TRUE - truth) as Truth;
}

export function truthOf(isTrue: boolean): Truth {
  return isTrue ? TRUE : FALSE;
}

/** A whole number as a person reads it: 1204 becomes 1,204. */
export const count = (n: number): string => Math.round(n).toLocaleString('en-US');

/** Fewer rows than that train no first version. */
export const LEAST_ROWS = 100;

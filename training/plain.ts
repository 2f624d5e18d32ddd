type Mutable<T> = T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T;

/** The same value; the signature's type comes from its schema, which knows no `readonly`. */
export const plain = <T>(value: T): Mutable<T> => value as Mutable<T>;

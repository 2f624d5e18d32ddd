/** The element types of the Open Inference Protocol, and which JSON values each of them holds. */

const isInteger = (least: number, most: number) => (value: unknown) =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
const signed = (bits: number) => isInteger(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1);
const unsigned = (bits: number) => isInteger(0, 2 ** bits - 1);
const isFinite = (value: unknown) => Number.isFinite(value);

export const datatypes = {
  BOOL: { holds: (value: unknown) => typeof value === 'boolean', says: 'true or false' },
  UINT8: { holds: unsigned(8), says: 'a whole number from 0 to 255' },
  UINT16: { holds: unsigned(16), says: 'a whole number from 0 to 65535' },
  UINT32: { holds: unsigned(32), says: 'a whole number from 0 to 2³² − 1' },
  UINT64: { holds: unsigned(64), says: 'a whole number from 0' },
  INT8: { holds: signed(8), says: 'a whole number from −128 to 127' },
  INT16: { holds: signed(16), says: 'a whole number from −32768 to 32767' },
  INT32: { holds: signed(32), says: 'a whole number from −2³¹ to 2³¹ − 1' },
  INT64: { holds: signed(64), says: 'a whole number' },
  FP16: { holds: isFinite, says: 'a finite number' },
  FP32: { holds: isFinite, says: 'a finite number' },
  FP64: { holds: isFinite, says: 'a finite number' },
  BYTES: { holds: (value: unknown) => typeof value === 'string', says: 'a text' },
} as const;
export type Datatype = keyof typeof datatypes;

const every = Object.keys(datatypes) as Datatype[];
const integers = every.filter((name) => name.includes('INT'));

/** What may hold the values of a feature; the first is what the metadata of a model says. */
export const datatypesOf = {
  number: ['FP64', 'FP32', 'FP16', ...integers],
  // Codes are often numbers; a config writes every value as a word.
  category: ['BYTES', 'BOOL', ...integers],
  text: ['BYTES'],
  /** Encoded; or its pixels, by rows and columns. */
  image: ['BYTES', 'UINT8', 'FP64', 'FP32', 'FP16'],
} as const satisfies Record<string, readonly [Datatype, ...Datatype[]]>;

import type { FreePart, LinearPart, Parts } from '../models/parts.ts';

/** How the embeddings of a base in 4 bits are kept, and the matrix of its vocabulary. */
export type Embeddings = 'int8' | 'float';

/** Bytes of a number in NF4 with its scales, and of a float. */
const BYTES = { nf4: 0.52, float: 4 };
/** Embeddings that would take more of a base than that in floats are kept in 8 bits a number. */
const SHARE_IN_FLOATS = 0.1;

/** The embeddings of a trunk. */
export const tablesOf = ({ free }: Parts): FreePart[] => free.filter(({ isTable }) => isTable);

/**
 * 8 bits where floats would be a good part of the memory that a base in 4 bits takes; of most bases they would.
 *
 * @param vocabulary the matrix that scores words, where it is not tied to the embeddings
 */
export function embeddingsFor(trunk: Parts, vocabulary: readonly LinearPart[]): Embeddings {
  const sizeOf = (matrices: readonly LinearPart[]) =>
    matrices.reduce((sum, { inputs, outputs }) => sum + inputs * outputs, 0);
  const tables = tablesOf(trunk).reduce((sum, { shape: [rows, columns] }) => sum + rows! * columns!, 0);
  const floats = (tables + sizeOf(vocabulary)) * BYTES.float;
  const packed = sizeOf(trunk.linears) * BYTES.nf4;
  return floats > SHARE_IN_FLOATS * (packed + floats) ? 'int8' : 'float';
}

import { DriftloopError } from './errors.ts';

/** A broker refuses a batch of more than a megabyte (message.max.bytes), and what it is wrapped in needs room too. */
export const BATCH_BYTES = 900_000;
/** What stands beside the text of a record. */
const RECORD_OVERHEAD_BYTES = 100;

/**
 * How much of a batch the text of a message takes, in bytes.
 *
 * @throws DL_MESSAGE_TOO_LARGE where no batch could hold it
 */
export function sizeInBatch(predictionId: string, text: string): number {
  const bytes = Buffer.byteLength(text) + predictionId.length + RECORD_OVERHEAD_BYTES;
  if (bytes <= BATCH_BYTES) return bytes;
  throw new DriftloopError(
    'DL_MESSAGE_TOO_LARGE',
    `What belongs to prediction ${predictionId} has ${bytes} bytes; one message may have ${BATCH_BYTES}.`,
    { fix: 'Send less with it: a smaller context, or a shorter value.' },
  );
}

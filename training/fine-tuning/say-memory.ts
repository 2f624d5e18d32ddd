import type { NetworkFitted } from './fit-network.ts';
import type { TuneSettings } from './tune-settings.ts';

/** What is said of a training whose memory ran out on the way; nothing where it did not. `what`: its rows, as people call them. */
export const sayMemory = (
  what: string,
  { batchSize, microBatchSize = batchSize }: Pick<TuneSettings, 'batchSize' | 'microBatchSize'>,
  fitted: Pick<NetworkFitted, 'microBatchSize'>,
): string[] =>
  fitted.microBatchSize < microBatchSize
    ? [
        `Memory ran out: from then on ${fitted.microBatchSize} ${what} were in it at once, and learnt the same.`,
      ]
    : [];

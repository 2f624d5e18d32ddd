/** How a base is fine-tuned: everything, the head, the head and then everything, adapters, adapters on a base in 4 bits. */
export type Method = 'full' | 'head' | 'lpft' | 'lora' | 'qlora';

/** What a search tries: the settings that matter most. */
export type Settings = Readonly<{
  method: Method;
  learningRate: number;
  /** Of the adapters; null for a method that has none. */
  rank: number | null;
  epochs: number;
  batchSize: number;
}>;

export const hasAdapters = (method: Method): boolean => method === 'lora' || method === 'qlora';

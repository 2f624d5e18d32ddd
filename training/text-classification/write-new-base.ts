import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buildVocabulary } from '../text/build-vocabulary.ts';
import { newEncoder } from '../text/new-encoder.ts';
import { bertTokenizerConfig, bertTokenizerFile } from '../text/tokenizer-file.ts';
import type { TextSettings } from './settings.ts';

/** Pieces of a vocabulary at most, and how often a word has to occur to be one. */
const VOCABULARY = { size: 8_000, least: 2 };

/** Writes the words and the shape of a base that knows nothing yet; its weights are begun when it is loaded. */
export async function writeNewBase(
  folder: string,
  texts: readonly string[],
  { longest }: Pick<TextSettings, 'longest'>,
): Promise<void> {
  const vocabulary = buildVocabulary(texts, VOCABULARY);
  const files = {
    'config.json': newEncoder({ vocabulary: vocabulary.length, longest }),
    'tokenizer.json': bertTokenizerFile(vocabulary),
    'tokenizer_config.json': bertTokenizerConfig(longest),
  };
  for (const [name, json] of Object.entries(files))
    await writeFile(path.join(folder, name), JSON.stringify(json));
}

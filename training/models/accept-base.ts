import { DriftloopError } from '../../domain/errors.ts';
import { readModelConfig } from './config.ts';
import type { ModelConfig } from './config.ts';

const readsTexts: Readonly<Record<ModelConfig['kind'], boolean>> = {
  bert: true,
  gpt2: true,
  llama: true,
  vit: false,
  convnet: false,
};
const TOKENIZER_FILE = 'tokenizer.json';

/**
 * Whether a base can be computed and has what it needs, seen before its weights are there.
 *
 * @param json what its `config.json` says
 * @param files that the base has
 * @throws {DriftloopError} `DL_BASE_UNSUPPORTED`, `DL_BASE_INVALID`, `DL_BASE_MISSING`
 */
export function acceptBase(json: unknown, files: readonly string[]): void {
  const { kind } = readModelConfig(json);
  if (!readsTexts[kind] || files.includes(TOKENIZER_FILE)) return;
  throw new DriftloopError(
    'DL_BASE_MISSING',
    `The base has no ${TOKENIZER_FILE}, without which it reads no texts.`,
    {
      fix: `Take a revision that has it, or make it in Python: transformers' AutoTokenizer.from_pretrained(…).save_pretrained(…).`,
    },
  );
}

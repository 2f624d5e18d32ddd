import type { TextOutput } from '../../domain/task.ts';
import type { Tf } from '../backend.ts';
import { plainWeights } from '../models/weights.ts';
import { disposeNetwork } from '../quantisation/quantised-network.ts';
import { readSignatureFile } from '../signature-file.ts';
import type { Conversation } from './conversation.ts';
import { cutText, lastAnswerOf } from './cut.ts';
import { decoderOf } from './decoder.ts';
import { generatorSignatureSchema } from './generator-artifact.ts';
import type { GeneratorSignature } from './generator-artifact.ts';
import { loadDecoder } from './hold-decoder.ts';
import { readFormat } from './read-format.ts';
import { tokenScores } from './token-scores.ts';
import type { TokenScore } from './token-scores.ts';
import { writeAnswers } from './write-answers.ts';

/** A model that writes, ready to. */
export type OpenGenerator = {
  /** The likeliest answer to each, in their order. */
  answer(prompts: readonly Conversation[]): Promise<TextOutput[]>;
  /** How well it foresees the last answer of each conversation. */
  score(conversations: readonly Conversation[]): Promise<TokenScore[]>;
  dispose(): void;
};

type Limits = Pick<GeneratorSignature, 'longest' | 'longestAnswer'>;

/**
 * Opens a folder with a model that writes: a version's, or a base's.
 *
 * @param like of whom format and limits are taken: a base is asked as its version is
 * @throws {DriftloopError} `DL_BASE_MISSING`, `DL_BASE_INVALID`, `DL_BASE_UNSUPPORTED`
 */
export async function openWriter(
  tf: Tf,
  folder: string,
  { like = folder, longest, longestAnswer }: Limits & { like?: string },
): Promise<OpenGenerator> {
  const { tokenizer, format } = await readFormat(like);
  const network = await loadDecoder(tf, folder);
  const decoder = decoderOf(network.config, tokenizer.padId);
  const weights = plainWeights(tf, network.parts, network.parameters);
  return {
    async answer(prompts) {
      const written = await writeAnswers(
        tf,
        decoder,
        weights,
        prompts.map((prompt) => format.opened(prompt)),
        { maxNewTokens: longestAnswer, endId: format.endId },
      );
      return written.map((ids) => ({ text: tokenizer.decode(ids).trim() }));
    },
    score: (conversations) =>
      tokenScores(
        tf,
        decoder,
        weights,
        conversations.map((conversation) =>
          lastAnswerOf(cutText(format.written(conversation), longest).text),
        ),
      ),
    dispose: () => disposeNetwork(tf, network),
  };
}

/** Opens a version. Throws `DL_ARTIFACT_CORRUPT`, and what `openWriter` throws. */
export async function openGenerator(
  tf: Tf,
  folder: string,
): Promise<OpenGenerator & { signature: GeneratorSignature }> {
  const signature = await readSignatureFile(folder, generatorSignatureSchema);
  return { signature, ...(await openWriter(tf, folder, signature)) };
}

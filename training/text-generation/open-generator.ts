import type { TextOutput } from '../../domain/task.ts';
import type { WritingWish, Written } from '../../domain/writing.ts';
import { readOver } from '../adapters/over-base.ts';
import { createSharedBases } from '../adapters/shared-bases.ts';
import type { SharedBases } from '../adapters/shared-bases.ts';
import type { Tf } from '../backend.ts';
import type { TensorPool } from '../models/tensor-pool.ts';
import type { LoadedNetwork } from '../models/model-folder.ts';
import { disposeNetwork, weightsOf } from '../quantisation/quantised-network.ts';
import type { AdaptedNetwork } from '../quantisation/quantised-network.ts';
import { readSignatureFile } from '../signature-file.ts';
import type { Conversation } from '../../domain/conversation.ts';
import { cutText, lastAnswerOf } from './cut.ts';
import { decoderOf } from './decoder.ts';
import { generatorSignatureSchema } from './generator-artifact.ts';
import type { GeneratorSignature } from './generator-artifact.ts';
import { loadDecoder } from './hold-decoder.ts';
import { readFormat } from './read-format.ts';
import { createSpeaker } from './speaker.ts';
import { tokenScores } from './token-scores.ts';
import type { TokenScore } from './token-scores.ts';
import { writeAnswers } from './write-answers.ts';

/** Lets others have their turn: told after each token. */
type Breathe = () => Promise<void>;

/** A model that writes, ready to. */
export type OpenGenerator = {
  /** The likeliest answer to each, in their order. */
  answer(prompts: readonly Conversation[], breathe?: Breathe): Promise<TextOutput[]>;
  /**
   * One answer, given away while it is written; all pieces together are the text.
   *
   * @param signal stops it before the next token, which then throws the signal's reason
   */
  write(
    conversation: Conversation,
    wish: WritingWish,
    told: { onPiece: (piece: string) => void; breathe: Breathe; signal: AbortSignal },
  ): Promise<Written>;
  /** How well it foresees the last answer of each conversation. */
  score(conversations: readonly Conversation[]): Promise<TokenScore[]>;
  dispose(): void;
};

type Limits = Pick<GeneratorSignature, 'longest' | 'longestAnswer'>;

/** Where what versions have in common is held once; left out, each has its own. */
export type Together = {
  /** Whole weights. */
  pool?: TensorPool;
  /** Bases under adapters. */
  bases?: SharedBases;
};

type Place = Together & {
  /** Whose format is taken, where it is another one's: a base is asked as its version is. */
  like?: string;
};

/**
 * Opens a folder with a model that writes: a version's, or a base's.
 *
 * @throws {DriftloopError} `DL_BASE_MISSING`, `DL_BASE_INVALID`, `DL_BASE_UNSUPPORTED`
 */
export async function openWriter(
  tf: Tf,
  folder: string,
  { like = folder, longest, longestAnswer, ...together }: Limits & Place,
): Promise<OpenGenerator> {
  const { tokenizer, format } = await readFormat(like);
  const { network, dispose } = await openNetworkOf(tf, folder, together);
  const decoder = decoderOf(network.config, tokenizer.padId);
  const weights = weightsOf(tf, network);
  return {
    async answer(prompts, breathe) {
      const written = await writeAnswers(
        tf,
        decoder,
        weights,
        prompts.map((prompt) => format.opened(prompt)),
        {
          maxNewTokens: longestAnswer,
          endId: format.endId,
          ...(breathe ? { onStep: async () => (await breathe(), true) } : {}),
        },
      );
      return written.map((ids) => ({ text: tokenizer.decode(ids).trim() }));
    },
    async write(conversation, { maxTokens, sampling, stops }, { onPiece, breathe, signal }) {
      const prompt = format.opened(conversation);
      const speaker = createSpeaker(stops);
      let [text, steps, isStopped] = ['', 0, false];
      const say = (ids: readonly number[], isWhole: boolean) => {
        const heard = speaker.hear(tokenizer.decode(ids), isWhole);
        isStopped ||= heard.isStopped;
        text += heard.piece;
        if (heard.piece !== '') onPiece(heard.piece);
      };
      const [ids] = (await writeAnswers(tf, decoder, weights, [prompt], {
        maxNewTokens: maxTokens ?? longestAnswer,
        endId: format.endId,
        ...(sampling ? { sampling } : {}),
        signal,
        onStep: async ([soFar]) => {
          steps += 1;
          say(soFar!, false);
          await breathe();
          return !isStopped;
        },
      })) as [number[]];
      if (!isStopped) say(ids, true);
      // A step that wrote nothing met the end of the answer.
      const isAtItsEnd = isStopped || ids.length < steps;
      return {
        text,
        ended: isAtItsEnd ? 'stop' : 'length',
        tokens: { read: prompt.length, written: ids.length },
      };
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
    dispose,
  };
}

async function openNetworkOf(
  tf: Tf,
  folder: string,
  { pool, bases = createSharedBases(tf) }: Together,
): Promise<{ network: LoadedNetwork | AdaptedNetwork; dispose(): void }> {
  const over = await readOver(folder);
  if (over !== null) return await bases.open(folder, over, { kind: 'next-token' });
  const network = await loadDecoder(tf, folder);
  if (!pool) return { network, dispose: () => disposeNetwork(tf, network) };
  const { parameters, release } = await pool.share(network.parameters);
  return { network: { ...network, parameters }, dispose: release };
}

/** Opens a version. Throws `DL_ARTIFACT_CORRUPT`, and what `openWriter` throws. */
export async function openGenerator(
  tf: Tf,
  folder: string,
  together: Together = {},
): Promise<OpenGenerator & { signature: GeneratorSignature }> {
  const signature = await readSignatureFile(folder, generatorSignatureSchema);
  return { signature, ...(await openWriter(tf, folder, { ...signature, ...together })) };
}

import { recommendClassifier } from '../../../training/classification/recommend-classifier.ts';
import type { ClassifierSettings } from '../../../training/classification/settings.ts';
import { readBaseConfig } from '../../../training/models/model-folder.ts';
import { trunkParts } from '../../../training/models/network.ts';
import { parameterCount } from '../../../training/models/parts.ts';
import { becauseOf } from '../../../training/search/say-settings.ts';
import { decoderOf } from '../../../training/text-generation/decoder.ts';
import type { GeneratorMethod, GeneratorSettings } from '../../../training/text-generation/settings.ts';
import type { Recommendation, Wish } from '../offline-task.ts';

export type OfflineGeneratorSettings = GeneratorSettings & { validationShare: number; base: string };

/** Tokens; attention to all of them costs their square. */
const LONGEST = 512;
/** As in TRL, and of the paper's the one for most tasks. */
const BETA = 0.1;

/**
 * Settings for a model that writes, each with its reason. Throws `DL_BASE_UNSUPPORTED` for a base that cannot write.
 *
 * @param preferences whether the rows are pairs of answers
 */
export async function recommendGenerator(
  { rows, preferences }: { rows: number; preferences: boolean },
  { base: folder, fineTune: wish }: Wish,
): Promise<Recommendation<OfflineGeneratorSettings>> {
  const base = folder!;
  const { config } = await readBaseConfig(base);
  const { positions } = decoderOf(config, 0).config;
  const weights = parameterCount(trunkParts(config));
  const situation = {
    task: 'generation',
    rows,
    classes: null,
    weights,
    memoryBytes: null,
    preferences,
  } as const;
  const { settings, said } = recommendClassifier({ ...situation, base }, wish);
  const { labelSmoothing: _, classWeights: __, focalGamma: ___, keep: ____, method, ...shared } = settings;
  const longest = Math.min(wish.longest ?? LONGEST, positions);
  const beta = wish.beta ?? BETA;
  const fineTune = { ...shared, method: ofDecoder(method), base, longest, beta };
  return {
    fineTune,
    settings: [
      ...said,
      {
        name: 'words',
        value: `${longest} tokens of prompt and answer together`,
        because: becauseOf(wish)(
          'longest',
          longest === positions ? 'the base knows no more places' : 'more would cost their square',
        ),
      },
      ...(preferences
        ? [
            {
              name: 'β',
              value: String(beta),
              because: becauseOf(wish)('beta', 'so firmly it is held to what the base would write'),
            },
          ]
        : []),
    ],
  };
}

/** A head to be trained alone was refused before. */
function ofDecoder(method: ClassifierSettings['method']): GeneratorMethod {
  if (method.kind === 'head' || method.kind === 'lpft') throw new Error(`A decoder by ${method.kind}`);
  return method;
}

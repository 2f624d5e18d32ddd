import type { OpenWish } from '../../domain/fine-tune-config.ts';
import { recommendClassifier } from '../classification/recommend-classifier.ts';
import type { SharedSettings } from '../classification/recommend-classifier.ts';
import type { ClassifierSettings } from '../classification/settings.ts';
import { readBaseConfig } from '../models/model-folder.ts';
import { trunkParts } from '../models/network.ts';
import { parameterCount } from '../models/parts.ts';
import { becauseOf } from '../search/say-settings.ts';
import type { SaidSetting } from '../search/say-settings.ts';
import { decoderOf } from './decoder.ts';
import type { GeneratorMethod, GeneratorSettings } from './settings.ts';

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
  { rows, preferences, base }: { rows: number; preferences: boolean; base: string },
  wish: OpenWish,
): Promise<{ settings: GeneratorSettings & Pick<SharedSettings, 'validationShare'>; said: SaidSetting[] }> {
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
  return {
    settings: { ...shared, method: ofDecoder(method), longest, beta },
    said: [
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

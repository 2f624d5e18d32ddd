import { DriftloopError } from '../../domain/errors.ts';
import type { LinearPart, Parts } from '../models/parts.ts';

/** What a low-rank adapter is: W becomes W + scale·B·A, with A [rank, inputs] and B [outputs, rank]. */
export type LoraSettings = Readonly<{
  rank: number;
  /** The adapter is scaled by alpha / rank, so that a change of rank need not change the learning rate. */
  alpha: number;
  /** alpha / √rank instead, which keeps larger ranks learning. Kalajdzievski, "rsLoRA" (2023). */
  rankStabilised: boolean;
  /** Of what goes into the adapter, while it learns. */
  dropout: number;
  /** Which matrices: by the last parts of their names, or all but the head's. */
  targets: readonly string[] | 'all-linear';
  /** Modules that are trained and kept whole beside it, such as a new classifier; by the last parts of their names. */
  keptWhole: readonly string[];
  /** Other ranks and alphas for some modules, by the last parts of their names or a regular expression for them. */
  rankOf?: Readonly<Record<string, number>>;
  alphaOf?: Readonly<Record<string, number>>;
}>;

export type LoraTarget = { part: LinearPart; rank: number; scale: number };

export const unfitAdapter = (why: string): DriftloopError =>
  new DriftloopError('DL_ADAPTER_UNFIT', `The adapter cannot be used: ${why}.`, {
    fix: 'Use the base that the adapter was trained on, and plain LoRA.',
  });

/**
 * The matrices that are adapted, each with its rank and scale.
 *
 * @throws {DriftloopError} `DL_ADAPTER_UNFIT` where a target is no matrix of the network
 */
export function loraTargets({ linears }: Parts, settings: LoraSettings): LoraTarget[] {
  const { targets, keptWhole } = settings;
  const isKept = ({ module }: LinearPart) => keptWhole.some((name) => isNamed(module, name));
  const isHead = ({ module }: LinearPart) => !module.includes('.');
  const chosen = linears.filter((part) =>
    targets === 'all-linear' ? !isHead(part) : targets.some((name) => isNamed(part.module, name)),
  );
  const strange =
    targets === 'all-linear'
      ? undefined
      : targets.find((name) => !linears.some(({ module }) => isNamed(module, name)));
  if (strange !== undefined || chosen.length === 0)
    throw unfitAdapter(
      `the network has no matrix "${String(strange)}"; it has ${lastNames(linears).join(', ')}`,
    );
  return chosen
    .filter((part) => !isKept(part))
    .map((part) => {
      const rank = patterned(settings.rankOf, part.module) ?? settings.rank;
      const alpha = patterned(settings.alphaOf, part.module) ?? settings.alpha;
      return { part, rank, scale: alpha / (settings.rankStabilised ? Math.sqrt(rank) : rank) };
    });
}

/** Whether a module is meant by a name: the whole of it or its end, as PEFT has it. */
export const isNamed = (module: string, name: string): boolean =>
  module === name || module.endsWith(`.${name}`);

/** What a parameter is of: its name without the last part. */
export const moduleOf = (parameter: string): string => parameter.slice(0, parameter.lastIndexOf('.'));

/** PEFT's patterns are regular expressions for the end of a name. */
function patterned(
  patterns: Readonly<Record<string, number>> | undefined,
  module: string,
): number | undefined {
  const found = Object.entries(patterns ?? {}).find(([pattern]) =>
    new RegExp(`^(.*\\.)?(${pattern})$`).test(module),
  );
  return found?.[1];
}

const lastNames = (linears: readonly LinearPart[]): string[] => [
  ...new Set(linears.map(({ module }) => module.split('.').at(-1)!)),
];

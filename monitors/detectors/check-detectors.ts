import { ConfigInvalid } from '../../domain/config.ts';
import { DriftloopError } from '../../domain/errors.ts';
import type { ModelConfig } from '../../domain/model-config.ts';
import { streamOf } from './streams/every-stream.ts';

/** Throws DL_CONFIG_INVALID where a detector that a model declares cannot be set so. */
export function checkDetectors({ name, watch }: Pick<ModelConfig, 'name' | 'watch'>): void {
  const problems = watch.flatMap((one, index) => {
    if (one.kind !== 'detector') return [];
    try {
      streamOf(one.method).create(one.params);
      return [];
    } catch (error) {
      if (!(error instanceof DriftloopError)) throw error;
      return [
        { path: `${name}.watch.${index}.params`, problem: `cannot be: ${error.message}`, fix: error.fix },
      ];
    }
  });
  if (problems.length > 0) throw new ConfigInvalid(problems);
}

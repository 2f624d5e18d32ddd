import type { RunTriage } from '../activities/triage.ts';
import { scoring } from './activities.ts';
import type { RunContext } from './retrain.ts';
import { RunOver } from './run-over.ts';

/**
 * Asks what lies behind the alarm, and tells it. A run that is not to train ends here.
 *
 * @throws {RunOver} where the treatment is to stop, to wait or to watch
 */
export async function triage({ runId, model, trigger, settings, tell }: RunContext): Promise<RunTriage> {
  const { configDigest } = settings;
  const { recalled, ...found } = await scoring.triage({ runId, model, configDigest, trigger });
  await tell('triage', found.sentence, { triage: found });
  switch (found.treatment) {
    case 'stop':
    case 'wait':
    case 'watch':
      throw new RunOver({ kind: 'skipped', sentence: found.sentence });
    case 'reuse':
    case 'recalibrate':
    case 'fine-tune':
      return { ...found, recalled };
    default:
      return found.treatment satisfies never;
  }
}

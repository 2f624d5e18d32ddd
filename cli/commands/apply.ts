import { loadConfig } from '../load-config.ts';
import type { Answer } from '../output.ts';
import { withDriftloop } from '../wiring.ts';

/** Stores the config of a file. */
export async function applyFile(file: string): Promise<Answer> {
  const { config: wanted } = await loadConfig(file);
  return withDriftloop(async ({ config }) => {
    const applied = await config.apply(wanted);
    const digest = applied.digest.slice(0, 12);
    return {
      json: applied,
      text: applied.changed
        ? `Applied ${applied.models.join(', ')} (${digest}).`
        : `Nothing has changed (${digest}).`,
      next: 'driftloop model list',
    };
  });
}

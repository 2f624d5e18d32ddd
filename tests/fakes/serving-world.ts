import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineDriftloop, defineModel, parseConfig } from '../../domain/config.ts';
import { DriftloopError } from '../../domain/errors.ts';
import { category, number } from '../../domain/input.ts';
import type { ModelConfig } from '../../domain/model-config.ts';
import type { ArtifactStore } from '../../domain/ports.ts';
import type { ServingLog } from '../../serving/served-routes.ts';
import { classification } from '../../domain/task.ts';
import type { Route, Trial } from '../../domain/version.ts';

export const meterConfig = (change: Partial<ModelConfig> = {}): ModelConfig => ({
  ...parseConfig(
    defineDriftloop({
      models: [
        defineModel({
          name: 'meter',
          task: classification({ labels: ['UP', 'DOWN'] }),
          input: { price: number(), day: category(['1', '2']) },
          entity: 'household',
        }),
      ],
    }),
  ).models[0]!,
  ...change,
});

const refOf = (version: string) => ({ version, digest: `sha256:${version}` });

/** Routes that a test moves, artifacts in a temporary folder (version vN says label "vN"), and a quiet log. */
export async function servingWorld(configs: readonly ModelConfig[] = [meterConfig()]) {
  const folder = await mkdtemp(join(tmpdir(), 'driftloop-serving-'));
  const routes = new Map<string, Route>();
  const broken = new Set<string>();
  const store: { problem: Error | null } = { problem: null };
  const logged: { level: string; message: string }[] = [];
  const say = (level: string) => (_: unknown, message?: string) => {
    logged.push({ level, message: message ?? '' });
  };
  const log: ServingLog = { info: say('info'), warn: say('warn'), error: say('error') };

  const artifacts: Pick<ArtifactStore, 'open'> = {
    async open(digest) {
      const version = digest.replace('sha256:', '');
      if (broken.has(version))
        throw new DriftloopError('DL_ARTIFACT_CORRUPT', `The files of ${digest} are not those it names.`, {
          fix: 'Train it again.',
        });
      const path = join(folder, version);
      await mkdir(path, { recursive: true });
      await writeFile(join(path, 'label.txt'), version);
      return path;
    },
  };
  const answer = async <T>(value: () => T): Promise<T> => {
    if (store.problem !== null) throw store.problem;
    return value();
  };
  return {
    folder,
    file: join(folder, 'state', 'routes.json'),
    store,
    broken,
    log,
    logged,
    artifacts,
    routes: { list: () => answer(() => [...routes.values()]) },
    models: {
      list: () =>
        answer(() => configs.map((config) => ({ config, digest: 'd', paused: false, pausedBy: null }))),
    },
    /** Puts the next route of a model in the store. */
    route(
      champion: string,
      challenger: (Omit<Trial, 'mode'> & Partial<Trial>) | null = null,
      generation?: number,
    ) {
      const model = configs[0]!.name;
      const route: Route = {
        model,
        generation: generation ?? (routes.get(model)?.generation ?? 0) + 1,
        champion: refOf(champion),
        challenger:
          challenger === null ? null : { mode: 'canary', ...challenger, ...refOf(challenger.version) },
        updatedAt: new Date(0).toISOString(),
      };
      routes.set(model, route);
      return route;
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

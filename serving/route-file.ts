import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { DriftloopError } from '../domain/errors.ts';
import { modelSchema } from '../domain/model-config.ts';
import type { ModelConfig } from '../domain/model-config.ts';
import { needingRoom } from '../domain/room.ts';
import { trialModes } from '../domain/version.ts';
import type { Route } from '../domain/version.ts';

/** What a server needs to answer for a model without asking anybody. */
export type RoutedModel = { config: ModelConfig; route: Route };

const routed = z.object({ version: z.string(), digest: z.string() });
const fileSchema = z.object({
  format: z.literal(1),
  models: z.array(
    z.object({
      config: modelSchema,
      route: z.object({
        model: z.string(),
        generation: z.int().nonnegative(),
        champion: routed,
        challenger: routed
          // A file of before there were modes knows canaries only.
          .extend({ share: z.number(), mode: z.enum(trialModes).default('canary') })
          .nullable(),
        updatedAt: z.string(),
      }),
    }),
  ),
});

/** The last known routes on disk, so that a server starts while Postgres is away. */
export function createRouteFile(path: string) {
  let writing: Promise<void> = Promise.resolve();
  return {
    /** Throws DL_ROUTE_FILE_INVALID where the file is there and cannot be read. */
    async read(): Promise<RoutedModel[]> {
      let text: string;
      try {
        text = await readFile(path, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
        throw invalid(path, error);
      }
      try {
        return fileSchema.parse(JSON.parse(text)).models;
      } catch (error) {
        throw invalid(path, error);
      }
    },
    /** Replaces the file in one step: a reader sees the old content or the new, never half of either. */
    write(models: readonly RoutedModel[]): Promise<void> {
      const text = `${JSON.stringify({ format: 1, models }, null, 1)}\n`;
      const next = writing
        .catch(() => {})
        .then(async () => {
          await mkdir(dirname(path), { recursive: true });
          const temporary = `${path}.${process.pid}.tmp`;
          await needingRoom(path, () => writeFile(temporary, text));
          await rename(temporary, path);
        });
      writing = next;
      return next;
    },
  };
}

const invalid = (path: string, cause: unknown) =>
  new DriftloopError('DL_ROUTE_FILE_INVALID', `The last known routes in ${path} cannot be read.`, {
    fix: 'Remove the file: it is written again as soon as Postgres answers.',
    cause,
  });

import type { CommandTrainer } from '../../domain/trainer-config.ts';
import { startAnsweringServer } from '../model-server/answering-server.ts';
import type { Served } from '../model-server/client.ts';
import { startAnswering } from './answering-program.ts';
import type { Answering } from './answering-program.ts';

/** Whoever answers with what a program has trained: the program itself, or a model server of the team's. */
export const startAnswers = (
  trainer: CommandTrainer,
  { folder, model }: { folder: string; model: Served },
): Promise<Answering> =>
  trainer.server === undefined
    ? startAnswering(trainer, { folder, task: model.task, name: model.name })
    : startAnsweringServer(trainer.server, { folder, model });

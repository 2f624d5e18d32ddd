import { z } from 'zod';
import type { CommandTrainer } from '../../domain/trainer-config.ts';
import type { JobFiles, ProgramTraining } from '../../domain/ports.ts';

/**
 * What Driftloop and a program that fine-tunes say to each other (docs/trainers.md):
 *
 *     PROGRAM train FOLDER     reads spec.json there, says JSON lines on stdout, leaves an artifact, exits with 0
 *     PROGRAM predict FOLDER   answers {"rows": […]} on stdin with {"outputs": […]} on stdout, until stdin ends
 */

/** Raised when a program of the older contract would misread the newer one. */
export const CONTRACT = 1;

export const SPEC_FILE = 'spec.json';

/** `spec.json`: what is to be trained. Paths are relative to its folder. */
export type Spec = Readonly<{
  contract: typeof CONTRACT;
  model: JobFiles['model'];
  base: ProgramTraining['base'];
  /** As the config says it: what is left out is the program's to choose. */
  fineTune: ProgramTraining['wish'];
  settings: CommandTrainer['settings'];
  seed: number;
  lineage: JobFiles['lineage'];
  paths: Readonly<{
    /** JSON lines of `{ input, label }`. */
    train: string;
    validation: string;
    /** Rows of the time before, to be learnt from again; null where nothing of it shall be kept. */
    rehearsal: string | null;
    /** Others of these, which only measure what is kept. */
    golden: string | null;
    /** The artifact of the champion, to go on from; null begins without it. */
    champion: string | null;
    /** A folder for checkpoints. After an interruption the newest one that was told of lies in it. */
    checkpoints: string;
    /** An empty folder for what is trained. */
    artifact: string;
  }>;
  /** How often a checkpoint is wanted; null leaves it to the program. */
  checkpointEverySeconds: number | null;
}>;

const count = z.int().nonnegative();
const shareOf = z.number().min(0).max(1);
const figure = z.number().nullable().default(null);

/** A line of a training. Fields that are not named here are passed over. */
const saidSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('progress'),
    step: count,
    steps: z.int().positive(),
    epoch: count,
    trainLoss: figure,
    validationLoss: figure,
    learningRate: figure,
    examplesPerSecond: figure,
    memoryMb: figure,
    backend: z.string().min(1).optional(),
    resumedAtStep: count.nullable().default(null),
  }),
  z.object({
    kind: z.literal('epoch'),
    epoch: z.int().positive(),
    step: count,
    trainLoss: z.number(),
    validation: z.object({ loss: z.number(), score: z.number() }).nullable().default(null),
  }),
  z.object({
    kind: z.literal('checkpoint'),
    /** Its folder, by its name in the folder for checkpoints. */
    folder: z.string().regex(/^[\w-][\w.-]*$/, 'must be the name of a folder'),
    step: count,
  }),
  z.object({
    kind: z.literal('failed'),
    message: z.string().min(1),
    fix: z.string().min(1).optional(),
    retryable: z.boolean().default(false),
  }),
  z.object({
    kind: z.literal('done'),
    steps: count,
    epochs: count,
    bestEpoch: count,
    validationLoss: figure,
    trainableParameters: count,
    totalParameters: count,
    peakMemoryMb: z.number().nonnegative(),
    /** Shares of the golden rows that are answered right: by the champion, and now. */
    kept: z
      .object({ goldenRows: z.int().positive(), before: shareOf, after: shareOf })
      .nullable()
      .default(null),
    notes: z.array(z.string()).default([]),
  }),
]);
export type Said = z.output<typeof saidSchema>;

/** What a line says, or why it says nothing. */
export function readSaid(line: string): Said | { kind: 'ignored'; because: string } {
  const value = parsed(line);
  if (value === null || typeof value !== 'object')
    return { kind: 'ignored', because: 'it is no JSON object' };
  const said = saidSchema.safeParse(value);
  if (said.success) return said.data;
  const [issue] = said.error.issues;
  const where = issue?.path.join('.') ?? '';
  return { kind: 'ignored', because: `${where === '' ? '' : `${where}: `}${issue?.message ?? ''}` };
}

const answerSchema = z.object({ outputs: z.array(z.unknown()) });

/** The outputs of a line of `predict`; null where the line is none. */
export function readOutputs(line: string): unknown[] | null {
  const answer = answerSchema.safeParse(parsed(line));
  return answer.success ? answer.data.outputs : null;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

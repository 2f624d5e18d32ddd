import type { Conversation } from '../../domain/conversation.ts';
import type { InputRow } from '../../domain/input.ts';
import type { TrainingJob, TrainingReport } from '../../domain/ports.ts';
import type { EpochScore, TrainingProgress } from '../../domain/run.ts';
import type { AnyOutput } from '../../domain/task.ts';
import type { WritingWish, Written } from '../../domain/writing.ts';
import type { SentError } from './sent-error.ts';

/** What the parent and its children say to each other. */

export type ToTrainer = {
  kind: 'train';
  job: TrainingJob;
  /** Whether somebody listens to epochs. */
  tellsEpochs: boolean;
};
export type FromTrainer =
  | { kind: 'alive' }
  | { kind: 'progress'; progress: TrainingProgress }
  | { kind: 'epoch'; score: EpochScore }
  /** A new checkpoint lies in the job's file. */
  | { kind: 'checkpoint' }
  | { kind: 'done'; report: TrainingReport }
  | { kind: 'failed'; error: SentError };

/** What a process holds at this moment; no tensors where it has loaded no TensorFlow. */
export type Held = { memoryMb: number; tensors: number; tensorBytes: number };

/** What computes a version: typed arrays, or TensorFlow. */
export type Engine = 'javascript' | 'tensorflow';

export type ToPredictor =
  | { kind: 'load'; id: number; key: string; folder: string; engine: Engine }
  | { kind: 'unload'; id: number; key: string }
  | { kind: 'predict'; id: number; key: string; rows: readonly InputRow[] }
  | { kind: 'write'; id: number; key: string; conversation: Conversation; wish: WritingWish }
  | { kind: 'held'; id: number };

/** Ends the writing of that request; whoever asked for it waits no longer. */
export type StopWriting = { kind: 'stop'; id: number };
export type FromPredictor =
  | { kind: 'loaded'; id: number; backend: string }
  | { kind: 'unloaded'; id: number }
  /** With what the process holds at this moment. */
  | { kind: 'predicted'; id: number; outputs: AnyOutput[]; memoryMb: number }
  /** What comes after the first `from` characters of an answer. */
  | { kind: 'piece'; id: number; from: number; text: string }
  | { kind: 'written'; id: number; written: Written }
  | { kind: 'held'; id: number; held: Held }
  | { kind: 'failed'; id: number; error: SentError };

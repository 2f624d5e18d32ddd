import { DriftloopError } from '../domain/errors.ts';
import { methods } from '../domain/fine-tune-config.ts';
import type { Method } from '../domain/fine-tune-config.ts';
import { backendNames } from './backend.ts';
import type { BackendName } from './backend.ts';

/** What is trained. `tabular` are small networks over columns, the others are networks over texts and images. */
export const trainedTasks = ['tabular', 'text', 'image', 'generation'] as const;
export type TrainedTask = (typeof trainedTasks)[number];

/** How: as `fineTune` names it, or by preferences. */
export type TrainingMethod = Method | 'dpo';

/** What each task is trained by, whatever computes it; only what adapts a base is more than "full". */
export const methodsFor: Readonly<Record<TrainedTask, readonly TrainingMethod[]>> = {
  tabular: ['full'],
  text: methods,
  image: methods,
  generation: ['full', 'lora', 'qlora', 'dpo'],
};

export type BackendRow = Readonly<{
  /** For a person who does not know the name. */
  title: string;
  /** Why it does not train these; what is not here it trains. */
  notTasks: Partial<Record<TrainedTask, string>>;
  notMethods: Partial<Record<TrainingMethod, string>>;
  /** What numbers are computed in. */
  numbers: string;
  /** What to know before one chooses it. */
  limits: string;
}>;

/** What each backend trains: the only place that says it. */
export const backendTable: Readonly<Record<BackendName, BackendRow>> = {
  'tensorflow-gpu': {
    title: "TensorFlow's library with CUDA, on a GPU of NVIDIA",
    notTasks: {},
    notMethods: {},
    numbers: 'float32; products of matrices in TF32 where the GPU has it',
    limits: "A matrix and what it is computed with have to fit into the GPU's memory.",
  },
  webgpu: {
    title: 'WebGPU (Dawn), on any GPU with a driver for Vulkan, Metal or Direct3D 12',
    notTasks: {
      tabular:
        'so small a network takes longer to send to a GPU than to compute, and its answers are wanted at once',
    },
    notMethods: {},
    numbers: 'float32',
    limits:
      'One matrix takes at most what the driver binds at once (2 GB with NVIDIA, 1 GB with some others). Where memory runs out the training ends with an error, and does not go on in smaller parts.',
  },
  'tensorflow-cpu': {
    title: "TensorFlow's library, on the processor",
    notTasks: {},
    notMethods: {},
    numbers: 'float32',
    limits: 'None but time.',
  },
  javascript: {
    title: 'JavaScript, where the library is missing',
    notTasks: {},
    notMethods: {
      qlora:
        'a base that needs 4 bits a number to fit would train for weeks in JavaScript, and one that does not need them is quicker with lora',
    },
    numbers: 'float32',
    limits: 'For tables, and to try out small networks: texts take about a hundred times as long.',
  },
};

/** Why a backend does not train this; null where it does. */
export function whyNotTrained(
  backend: BackendName,
  { task, method }: { task: TrainedTask; method: TrainingMethod },
): string | null {
  const { notTasks, notMethods } = backendTable[backend];
  return notTasks[task] ?? notMethods[method] ?? null;
}

/** The backends that train this, best first. */
export const backendsFor = (task: TrainedTask): BackendName[] =>
  backendNames.filter((name) => backendTable[name].notTasks[task] === undefined);

/**
 * Refuses before anything runs what a backend does not train.
 *
 * @throws {DriftloopError} `DL_BACKEND_UNFIT`
 */
export function refuseUnfit(backend: BackendName, work: { task: TrainedTask; method: TrainingMethod }): void {
  const why = whyNotTrained(backend, work);
  if (why === null) return;
  const others = backendNames.filter((name) => whyNotTrained(name, work) === null);
  throw new DriftloopError(
    'DL_BACKEND_UNFIT',
    `The backend ${backend} does not train "${work.method}" on ${work.task}: ${why}.`,
    {
      fix: `Take another method, or another backend (${others.join(', ')}): \`driftloop doctor\` says what is here.`,
    },
  );
}

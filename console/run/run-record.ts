import type {
  EvaluationRow,
  ExampleStore,
  ModelStore,
  RouteStore,
  RunEvent,
  RunStore,
} from '../../domain/ports.ts';
import type { ModelConfig } from '../../domain/model-config.ts';
import type { CoursePoint, Run } from '../../domain/run.ts';
import type { SearchReport } from '../../domain/search-report.ts';
import { answeredShare } from '../../domain/version.ts';
import { buildDossier, reportOf } from '../dossier/dossier.ts';
import type { Dossier } from '../dossier/dossier.ts';

/** Everything that is known of one run: plain JSON, made of what is stored. */
export type RunRecord = Readonly<{
  run: Run;
  events: readonly StoredEvent[];
  dossier: Dossier;
  /** What the gate saw last, beside what the dossier says of it; null before the first look. */
  look: LastLook | null;
  course: readonly CoursePoint[];
  /** What the training said at its end; null before, and where nothing was trained. */
  trained: Trained | null;
  cut: Cut | null;
  rollout: ModelConfig['rollout'];
  needsApproval: boolean;
  /** Share of the traffic (0–1) that its challenger answers now; null where it answers none of it. */
  share: number | null;
}>;

export type StoredEvent = RunEvent & { at: string };

export type LastLook = Readonly<{
  /** From 1. */
  look: number;
  rows: number;
  /** Rows by true label (down) and answer (across), in the order of `labels`; null where answers are no labels. */
  confusion: Confusion | null;
  /** Evidence that it is better, to 1; null where the gate has not counted any. */
  eValue: number | null;
  /** About how many more labels would settle it; null where nothing can be foreseen. */
  labelsNeeded: number | null;
}>;

export type Confusion = Readonly<{
  labels: readonly string[];
  champion: readonly (readonly number[])[];
  challenger: readonly (readonly number[])[];
}>;

/** What of a training's report is shown; one of another release may lack any of it. */
export type Trained = Partial<{
  steps: number;
  epochs: number;
  bestEpoch: number;
  validationLoss: number | null;
  backend: string;
  notes: readonly string[];
  search: SearchReport | null;
}>;

/** What it learns from, as it was cut. */
export type Cut = Partial<{
  id: string;
  rows: Readonly<{ train: number; validation: number; rehearsal: number; golden: number }>;
  rehearsalShare: number;
  apart: Readonly<{ left: { golden: number; heldOut: number }; share: number; byChance: number }>;
}>;

export type RunRecordPorts = {
  runs: Pick<RunStore, 'get' | 'story' | 'evaluations' | 'approval' | 'course'>;
  models: Pick<ModelStore, 'getPinned'>;
  routes: Pick<RouteStore, 'get'>;
  examples: Pick<ExampleStore, 'inputsOf'>;
};

/** Throws DL_UNKNOWN_RUN. */
export async function readRunRecord(ports: RunRecordPorts, id: string): Promise<RunRecord> {
  const run = await ports.runs.get(id);
  const [events, evaluations, approval, course, config, route] = await Promise.all([
    ports.runs.story(id),
    ports.runs.evaluations(id),
    ports.runs.approval(id),
    ports.runs.course(id),
    ports.models.getPinned(run.model, run.configDigest),
    ports.routes.get(run.model),
  ]);
  const evaluation = evaluations.at(-1) ?? null;
  const flips = (reportOf(evaluation).flips ?? []).map(({ predictionId }) => predictionId);
  const inputs = await ports.examples.inputsOf(run.model, flips);
  const champion = route?.champion.version ?? null;
  const challenger = route?.challenger ?? null;
  return {
    run,
    events,
    dossier: buildDossier({ run, story: events, evaluation, champion, config, approval, inputs }),
    look: evaluation === null ? null : lastLook(evaluation),
    course,
    trained: (storedWith(events, 'bestEpoch') as Trained | undefined) ?? null,
    cut: (storedWith(events, 'rehearsalShare') as Cut | undefined) ?? null,
    rollout: config.rollout,
    needsApproval: config.approval.required,
    share:
      run.outcome === null && challenger !== null && challenger.version === run.version
        ? answeredShare(challenger)
        : null,
  };
}

const storedWith = (events: readonly StoredEvent[], field: string) =>
  events.findLast(({ data }) => data?.[field] !== undefined)?.data;

function lastLook({ look, rows, report }: EvaluationRow): LastLook {
  const { labels, confusion, eValue, labelsNeeded } = report as Partial<{
    labels: readonly string[];
    confusion: Omit<Confusion, 'labels'>;
    eValue: number | null;
    labelsNeeded: number | null;
  }>;
  return {
    look,
    rows,
    confusion: labels === undefined || confusion === undefined ? null : { labels, ...confusion },
    eValue: eValue ?? null,
    labelsNeeded: labelsNeeded ?? null,
  };
}

import { isCancelled } from '../../domain/run.ts';
import type { RunPhase } from '../../domain/run.ts';
import type { Place } from '../dossier/dossier.ts';
import { markRun } from '../run-state.ts';
import { sayRollout } from '../sentences.ts';
import type { Lede } from '../sentences.ts';
import { capital, count, lasting, listed, rate, sentence } from '../wording.ts';
import type { RunRecord } from './run-record.ts';
import { tookBy } from './run-steps.ts';
import type { Stretch, Taking } from './run-steps.ts';

/** What did it do, and where is it now? */
export function runLede(record: RunRecord, stretches: readonly Stretch[]): Lede {
  return {
    answer: [`Began because ${sayBeginning(record)}.`, sayWhere(record)].join(' '),
    why: sayTime(stretches, record.run.outcome !== null),
  };
}

const becauses: Readonly<Record<RunRecord['run']['trigger']['kind'], string>> = {
  regret: 'it made too many errors',
  drift: 'its inputs moved',
  quality: 'it fell below its objective',
  schedule: 'it was due',
  volume: 'enough new labels had come',
  manual: 'someone asked for it',
};

const sayBeginning = ({ run }: RunRecord): string =>
  run.trigger.kind === 'manual' && run.trigger.by !== undefined
    ? `${run.trigger.by} asked for it`
    : run.trigger.refit === undefined
      ? becauses[run.trigger.kind]
      : 'more rows had come since the change';

/** Where the run is, or how it ended. */
function sayWhere(record: RunRecord): string {
  const { run, dossier, share, look } = record;
  const version = run.version ?? 'the challenger';
  if (run.outcome !== null) {
    const { outcome } = run;
    switch (outcome.kind) {
      case 'promoted':
        return `${outcome.version} took over${sayGain(dossier.places)}.`;
      case 'rejected':
      case 'withdrawn':
        return `${capital(sentence(outcome.sentence))} Nothing in production changed.`;
      case 'skipped':
        return capital(sentence(outcome.sentence));
      case 'failed':
        return `It ${isCancelled(outcome) ? 'was cancelled' : 'failed'}. Nothing in production changed.`;
      default:
        return outcome satisfies never;
    }
  }
  switch (run.phase) {
    case 'holding':
      return look?.labelsNeeded
        ? `Held: about ${count(look.labelsNeeded)} more labels would settle it.`
        : 'Held: more labels are needed to settle it.';
    case 'waiting-for-approval':
      return run.version === null
        ? 'It asks whether a challenger should be trained.'
        : `Trained ${version}${sayGain(dossier.places)}. It waits for a person.`;
    case 'rollout':
      return share === null || share === 0
        ? `${version} is tried on copies of requests.`
        : `${markRun(run, share).word} of requests.`;
    case 'fine-tuning':
      return run.progress === null || run.progress.steps === 0
        ? 'It fine-tunes a challenger.'
        : `It fine-tunes a challenger: step ${count(run.progress.step)} of ${count(run.progress.steps)}.`;
    default:
      return `${markRun(run).word}.`;
  }
}

/** `: better by 10.7 points, and no slice is shown to be harmed`. */
function sayGain(places: readonly Place[]): string {
  const all = places.find(({ slice }) => slice === null);
  if (all === undefined) return '';
  const points = (Math.abs(all.difference) * 100).toFixed(1);
  const by =
    all.verdict === 'better'
      ? `better by ${points} points`
      : all.verdict === 'not-worse'
        ? 'shown to be no worse'
        : `${all.difference < 0 ? 'behind' : 'ahead'} by ${points} points, without proof`;
  const slices = places.filter(({ slice }) => slice !== null);
  const harmed = slices.filter(({ verdict }) => verdict === 'worse');
  if (slices.length === 0) return `: ${by}`;
  return harmed.length === 0
    ? `: ${by}, and no slice is shown to be harmed`
    : `: ${by}, but worse in ${harmed.length === 1 ? 'one slice' : `${harmed.length} slices`}`;
}

const waits: readonly (readonly [Taking, string])[] = [
  ['labels', 'for labels'],
  ['held', 'for more labels, held by the gate'],
  ['paused', 'while it was paused'],
  ['person', 'for a person'],
];

/** `It took 6 d 5 h, of which 58 min were work. The rest was waiting: 2 d 9 h for labels, then 5 h for a person.` */
export function sayTime(stretches: readonly Stretch[], isOver: boolean): string {
  const by = tookBy(stretches);
  const total = [...by.values()].reduce((sum, ms) => sum + ms, 0);
  if (total === 0) return isOver ? 'It was over at once.' : 'It has just begun.';
  const work = by.get('work') ?? 0;
  const waited = waits.flatMap(([taking, what]) => {
    const ms = by.get(taking) ?? 0;
    return ms < 1_000 ? [] : [`${lasting(ms)} ${what}`];
  });
  const rollout = by.get('rollout') ?? 0;
  const worked = `${lasting(work)} ${isOver ? 'were' : 'have been'} work`;
  return [
    `${isOver ? 'It took' : 'It has taken'} ${lasting(total)}${total - work < 1_000 ? ', all of it work' : `, of which ${worked}`}.`,
    waited.length === 0 ? '' : `It waited ${listed(waited)}.`,
    rollout < 1_000 ? '' : `Its rollout ${isOver ? 'took' : 'has taken'} ${lasting(rollout)}.`,
  ]
    .filter((text) => text !== '')
    .join(' ');
}

const beforeGate: ReadonlySet<RunPhase> = new Set([
  'triage',
  'waiting-for-labels',
  'snapshot',
  'fine-tuning',
]);

/** What comes next, for a run that is not over. */
export function whatComes(record: RunRecord): { title: string; says: string }[] {
  const { run, rollout, needsApproval, dossier } = record;
  if (run.outcome !== null || run.phase === 'ended' || run.phase === 'rollout') return [];
  const version = run.version ?? 'the challenger';
  const later = [
    ...(beforeGate.has(run.phase)
      ? [
          {
            title: 'Gate',
            says: 'The challenger is held against the champion on cases that neither has seen.',
          },
        ]
      : []),
    ...(run.phase === 'waiting-for-approval' && run.version !== null
      ? []
      : needsApproval
        ? [{ title: 'Approval', says: 'A person decides.' }]
        : []),
    {
      title: 'Rollout',
      says: sayRollout(rollout, version, dossier.champion).replace(/^./, (first) =>
        /^v\d/.test(version) ? first : first.toUpperCase(),
      ),
    },
  ];
  return later;
}

/** How a training goes while it runs: where it is, how its loss moves, how long it will take. */
export function sayCourse({ run, course, trained }: RunRecord): string {
  const { progress } = run;
  const last = course.at(-1);
  if (trained?.bestEpoch !== undefined && trained.epochs !== undefined) {
    const loss = trained.validationLoss ?? null;
    const kept =
      trained.bestEpoch < trained.epochs
        ? `The weights of epoch ${count(trained.bestEpoch)} of ${count(trained.epochs)} were kept`
        : `The weights of the last epoch, ${count(trained.epochs)}, were kept`;
    return loss === null ? `${kept}.` : `${kept}: there validation loss was lowest, ${rate(loss)}.`;
  }
  if (progress === null || last === undefined) return 'The training has not said anything yet.';
  const says = [`Step ${count(progress.step)} of ${count(progress.steps)}, epoch ${count(progress.epoch)}`];
  if (progress.validationLoss !== null) says.push(`validation loss ${rate(progress.validationLoss)}`);
  if (progress.examplesPerSecond) says.push(`${count(progress.examplesPerSecond)} examples a second`);
  const left = run.phase === 'fine-tuning' ? leftOf(record(course), progress) : null;
  return `${says.join(', ')}.${left === null ? '' : ` At this pace it takes about ${lasting(left)} more, or less if it stops by itself.`}`;
}

type Paced = Readonly<{ first: RunRecord['course'][number]; last: RunRecord['course'][number] }>;
const record = (course: RunRecord['course']): Paced => ({ first: course[0]!, last: course.at(-1)! });

/** From the pace since its first word; null where there is none yet. */
function leftOf({ first, last }: Paced, { step, steps }: { step: number; steps: number }): number | null {
  const walked = last.step - first.step;
  if (walked <= 0 || steps <= step) return null;
  return ((Date.parse(last.at) - Date.parse(first.at)) / walked) * (steps - step);
}

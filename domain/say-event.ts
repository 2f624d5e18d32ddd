import type { EventType, LoopEvent } from './events.ts';

/** An event in words: for a chat, where nobody reads JSON. */
export type SaidEvent = Readonly<{
  title: string;
  /** One or two plain sentences. */
  sentence: string;
  figures: readonly (readonly [name: string, value: string])[];
  /** The page of the console, as a path. */
  page: string;
}>;

const percent = (share: number) => `${Number((100 * share).toFixed(1))} %`;

/** What a person did: as a title, and as what is said of them. */
const deeds = {
  'driftloop.run.forced.v1': ['Forced against the gate', 'forces the gate'],
  'driftloop.gate.blocked.v1': [
    'The gate keeps a challenger back for its rows',
    'keeps a challenger back for its rows',
  ],
  'driftloop.version.imported.v1': ['A version was imported', 'imports a version'],
  'driftloop.version.signed.v1': ['Versions were signed', 'signs a version'],
  'driftloop.version.rolled-back.v1': ['Rolled back', 'rolls back'],
  'driftloop.rollout.paused.v1': ['Rollout paused', 'pauses the rollout'],
  'driftloop.rollout.resumed.v1': ['Rollout resumed', 'resumes the rollout'],
  'driftloop.rollout.skipped.v1': ['A phase of the rollout was skipped', 'skips a phase of the rollout'],
  'driftloop.rollout.aborted.v1': ['Rollout aborted', 'aborts the rollout'],
  'driftloop.rollback.drilled.v1': ['The way back was tried', 'tries the way back'],
  'driftloop.model.paused.v1': ['Paused', 'pauses the model'],
  'driftloop.model.resumed.v1': ['Resumed', 'resumes the model'],
  'driftloop.model.bootstrapped.v1': [
    'A first version was trained from a file',
    'trains a first version from a file',
  ],
  'driftloop.config.applied.v1': ['A config was applied', 'applies a config'],
  'driftloop.golden.added.v1': ['Golden rows were added', 'adds golden rows'],
  'driftloop.golden.retired.v1': ['Golden rows were retired', 'retires golden rows'],
  'driftloop.topic.reread.v1': ['A topic is read from its beginning', 'reads a topic from its beginning'],
  'driftloop.backup.taken.v1': ['A backup was taken', 'takes a backup'],
  'driftloop.backup.restored.v1': ['A backup was restored', 'restores a backup'],
  'driftloop.token.created.v1': ['A token was made', 'makes a token'],
  'driftloop.token.revoked.v1': ['A token was taken back', 'takes a token back'],
  'driftloop.access.refused.v1': ['Somebody was refused', 'was refused'],
} as const satisfies Partial<Record<EventType, readonly [title: string, does: string]>>;
type Deed = Extract<LoopEvent, { type: keyof typeof deeds }>;

const isDeed = (event: LoopEvent): event is Deed => event.type in deeds;

/** Deeds whose subject is a run. */
const ofRun: ReadonlySet<EventType> = new Set([
  'driftloop.run.forced.v1',
  'driftloop.gate.blocked.v1',
  'driftloop.rollout.paused.v1',
  'driftloop.rollout.resumed.v1',
  'driftloop.rollout.skipped.v1',
  'driftloop.rollout.aborted.v1',
]);

function sayDeed({ type, model, data }: Deed): SaidEvent {
  const { by, because, subject, refused, details } = data;
  const [title, does] = deeds[type];
  const action = type === 'driftloop.access.refused.v1' ? [data.action] : [];
  const what = [...action, ...(subject === null ? [] : [subject])].join(' ');
  return {
    title,
    sentence: `${by} ${does}${what === '' ? '' : `: ${what}`}.${because === null ? '' : ` ${because}`}`,
    figures: [
      ...(refused === null ? [] : [['Refused', refused] as const]),
      ...Object.entries(details ?? {})
        .filter(([, value]) => value !== null)
        .map(([name, value]) => [name, String(value)] as const),
    ],
    page: subject !== null && ofRun.has(type) ? `/runs/${subject}` : pageOf(model),
  };
}

const pageOf = (model: string | null) => (model === null ? '/' : `/models/${model}`);

/** Says an event in plain words, with its figures and where to read on. */
export function sayEvent(event: LoopEvent): SaidEvent {
  if (isDeed(event)) return sayDeed(event);
  const runId = 'runId' in event.data ? event.data.runId : null;
  const page = runId === null ? pageOf(event.model) : `/runs/${runId}`;
  const said = (
    title: string,
    sentence: string,
    figures: SaidEvent['figures'] = [],
    at: string = page,
  ): SaidEvent => ({ title, sentence, figures, page: at });
  switch (event.type) {
    case 'driftloop.run.begun.v1':
      return said('A run has begun', event.data.because, [['Trigger', event.data.trigger]]);
    case 'driftloop.run.advanced.v1':
      return said('A run goes on', event.data.sentence, [['Phase', event.data.phase.replaceAll('-', ' ')]]);
    case 'driftloop.run.ended.v1': {
      const { outcome, version, sentence } = event.data;
      return said(`A run has ended: ${outcome}`, sentence, version === null ? [] : [['Version', version]]);
    }
    case 'driftloop.gate.judged.v1': {
      const { verdict, version, champion, rows, look, labelsNeeded, sentence } = event.data;
      return said(`The gate says: ${verdict}`, sentence, [
        ['Challenger', version],
        ['Champion', champion],
        ['Rows', String(rows)],
        ['Look', String(look)],
        ...(labelsNeeded === null ? [] : [['Labels needed', String(labelsNeeded)] as const]),
      ]);
    }
    case 'driftloop.approval.requested.v1': {
      const { sentence, about, until, isEscalated, runId } = event.data;
      const figures = [
        ['About', about],
        ...(until === null ? [] : [['Until', until] as const]),
        ...(isEscalated ? [['Escalated', 'yes'] as const] : []),
      ] as const;
      return said('A decision is asked for', sentence, figures, `/runs/${runId}/approve`);
    }
    case 'driftloop.approval.decided.v1': {
      const { decision, by, because, about, runId } = event.data;
      const word = decision === 'approve' ? 'approves' : 'rejects';
      const sentence = because === '' ? 'No reason was given.' : because;
      return said(`${by} ${word}`, sentence, [['About', about]], `/runs/${runId}/approve`);
    }
    case 'driftloop.version.registered.v1': {
      const { version, parent } = event.data;
      const isFirst = parent === null && runId === null;
      const sentence = isFirst ? `${version} is there.` : `${version} is there, and has to prove itself.`;
      return said('A version is registered', sentence, [
        ['Version', version],
        ...(parent === null ? [] : [['Trained from', parent] as const]),
      ]);
    }
    case 'driftloop.route.changed.v1': {
      const { champion, challenger, share, mode, because, generation } = event.data;
      return said('Traffic has changed', because, [
        ['Champion', champion],
        ...(challenger === null ? [] : [['Challenger', challenger] as const]),
        ...(share === null ? [] : [['Share', percent(share)] as const]),
        ...(mode === null ? [] : [['Mode', mode] as const]),
        ['Generation', String(generation)],
      ]);
    }
    case 'driftloop.champion.changed.v1': {
      const { version, previous, because, by } = event.data;
      return said(`${version} is the champion`, because, [
        ...(previous === null ? [] : [['Before', previous] as const]),
        ['By', by],
      ]);
    }
    case 'driftloop.rollout.moved.v1':
      return said(`The rollout is in ${event.data.phase}`, event.data.sentence, shareOf(event.data.share));
    case 'driftloop.rollout.held.v1': {
      const { sentence, share, phase, heldFor } = event.data;
      return said('The rollout is held', sentence, [
        ['Phase', phase],
        ['Held for', heldFor],
        ...shareOf(share),
      ]);
    }
    case 'driftloop.rollout.withdrawn.v1':
      return said('The challenger is withdrawn', event.data.sentence);
    case 'driftloop.alert.fired.v1':
    case 'driftloop.alert.resolved.v1': {
      const { alertname, level, startsAt, endsAt, sentence } = event.data;
      return said(
        event.type === 'driftloop.alert.fired.v1' ? 'An alert fires' : 'An alert is over',
        sentence,
        [
          ['Alert', alertname],
          ...(level === null ? [] : [['Level', level] as const]),
          ['Since', startsAt],
          ...(endsAt === null ? [] : [['Until', endsAt] as const]),
        ],
      );
    }
    case 'driftloop.webhook.given-up.v1': {
      const { webhook, eventType, tries, problem } = event.data;
      return said(`The webhook ${webhook} is not reached`, problem, [
        ['Event', eventType],
        ['Tries', String(tries)],
      ]);
    }
    case 'driftloop.webhook.tested.v1':
      return said('A test', `${event.data.by} tries the webhook ${event.data.webhook}: it works.`);
    default:
      return event satisfies never;
  }
}

const shareOf = (share: number | null): SaidEvent['figures'] =>
  share === null ? [] : [['Share', percent(share)]];

import type { FC } from 'hono/jsx';
import { sayTriage } from '../../domain/triage.ts';
import type { RunRecord } from '../run/run-record.ts';
import { whatComes } from '../run/run-sentences.ts';
import type { RunStep } from '../run/run-steps.ts';
import { sayDeadline } from '../run-state.ts';
import { clockTime, utc } from '../times.ts';
import type { Clock } from '../times.ts';
import { lasting, sentence } from '../wording.ts';
import { I } from './icons.tsx';
import { Note, Section } from './parts.tsx';

/** Shorter is not worth a number. */
const SHOWN_MS = 1_000;

/** What it did, step by step, how long each took, and what is still to come. */
export const RunStory: FC<{ record: RunRecord; steps: readonly RunStep[]; clock: Clock }> = ({
  record,
  steps,
  clock,
}) => {
  const { run, dossier } = record;
  const until = run.endedAt === null ? 'now' : clockTime(run.endedAt, clock);
  const deadline = sayDeadline(dossier.asked, clock);
  return (
    <Section
      id="story"
      title="Story"
      aside={<span class="say">{`${clockTime(run.startedAt, clock)} to ${until}`}</span>}
    >
      {steps.length === 0 ? (
        <Note icon="running" answer="It has just begun.">
          What it finds appears here within seconds.
        </Note>
      ) : null}
      <ol class="steps">
        {steps.map((step) => (
          <li class={step.isOpen ? 'open' : ''}>
            <span class={`st ${step.mark.tone}`}>
              <I name={step.mark.icon} spin={step.mark.icon === 'running'} />
            </span>
            <b>{step.title}</b>
            <div class="text">
              <p>
                {step.says}
                {step.isOpen && deadline !== null ? ` ${sentence(deadline)}` : ''}
              </p>
              {step.title === 'Triage' && dossier.triage !== null ? <Evidence {...dossier.triage} /> : null}
            </div>
            <time
              class={step.to - step.from < SHOWN_MS ? 'muted' : ''}
              datetime={new Date(step.from).toISOString()}
              title={utc(step.from)}
            >
              {step.to - step.from < SHOWN_MS ? clockTime(step.from, clock) : lasting(step.to - step.from)}
            </time>
          </li>
        ))}
        {whatComes(record).map(({ title, says }) => (
          <li class="todo">
            <span class="st unknown">
              <I name="planned" />
            </span>
            <b>{title}</b>
            <p class="text">{says}</p>
            <span class="muted">to come</span>
          </li>
        ))}
      </ol>
    </Section>
  );
};

/** Behind a click: what triage looked at, with its numbers. */
const Evidence: FC<NonNullable<RunRecord['dossier']['triage']>> = (triage) => (
  <details id="evidence" class="as-table">
    <summary>On what evidence</summary>
    <p>{sentence(sayTriage(triage))}</p>
    {triage.evidence.map(({ about, says }) => (
      <p class="evidence">
        <b>{about}</b> {sentence(says)}
      </p>
    ))}
  </details>
);

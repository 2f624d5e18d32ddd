import type { FC } from 'hono/jsx';
import { Entry } from '../charts/legend.tsx';
import { Histogram } from '../charts/small-charts.tsx';
import type { ModelView } from '../model-view.ts';
import { sayDrift } from '../sentences.ts';
import { count, counted, rate, windowWords } from '../wording.ts';
import { State } from './icons.tsx';
import { Note, Section } from './parts.tsx';

/** The features, the one that moved most first: what the champion was trained on against what comes in. */
export const Drift: FC<{ view: ModelView; psiBound: number }> = ({ view, psiBound }) => {
  if (view.live.state === 'silent') return <div id="drift" data-live />;
  const { drift, inputWindowMs } = view.live;
  if (drift.length === 0)
    return (
      <Section id="drift" title="Features that moved">
        <Note icon="unknown" answer="Nothing to compare yet.">
          The champion’s training rows are compared with live ones as soon as some have come in.
        </Note>
      </Section>
    );
  const level = (psi: number) =>
    psi >= psiBound
      ? ({ icon: 'bad', tone: 'bad' } as const)
      : psi >= 0.1
        ? ({ icon: 'warn', tone: 'warn' } as const)
        : null;
  return (
    <Section
      id="drift"
      title="Features that moved"
      say={`${sayDrift(drift, psiBound)} The figure is PSI over the last ${windowWords(inputWindowMs)}: below .1 is level, from ${rate(psiBound, 2)} on is a lot.`}
      aside={
        <p class="legend">
          <Entry mark={<path class="reference ln" d="M1 11V3H9V6H17V9H25V11" />}>
            {view.champion?.version ?? 'the champion'} was trained on
          </Entry>
          <Entry mark={<path class="f-live" d="M1 12V5H9V3H17V8H25V12Z" />}>
            last {windowWords(inputWindowMs)}
          </Entry>
        </p>
      }
    >
      <div class="multi">
        {drift.slice(0, 24).map(({ feature, psi, rows, bins }) => {
          const moved = level(psi);
          return (
            <div>
              <h3>
                <code>{feature}</code>
                {moved === null ? (
                  <span class="muted">{rate(psi, 2)}</span>
                ) : (
                  <State mark={{ ...moved, word: rate(psi, 2) }} />
                )}
              </h3>
              {bins.length === 0 ? null : <Histogram bins={bins} label={`Shares of ${feature} by bin`} />}
              <p class="ends">
                <span>{endName(bins[0]?.bin, 'low')}</span>
                <span class="muted">{rows === null ? '' : counted(rows, 'value')}</span>
                <span>{endName(bins.at(-1)?.bin, 'high')}</span>
              </p>
            </div>
          );
        })}
      </div>
      {drift.length > 24 ? <p class="muted">{count(drift.length - 24)} more moved less.</p> : null}
    </Section>
  );
};

/** Numbered bins are quantiles of the training rows; words name themselves. */
const endName = (bin: string | undefined, numbered: string): string =>
  bin === undefined ? '' : /^\d+$/.test(bin) ? numbered : bin;

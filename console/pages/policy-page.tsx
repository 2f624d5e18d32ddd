import type { FC } from 'hono/jsx';
import type { ModelConfig } from '../../domain/model-config.ts';
import type { ModelView } from '../model-view.ts';
import type { PolicyChange } from '../policy/history.ts';
import { policyLede, sayPolicy, sayRegretNow } from '../policy/say-policy.ts';
import type { Clock } from '../times.ts';
import { sayValue } from '../versions/say-comparison.ts';
import { Bar } from './layout.tsx';
import { Section, Time } from './parts.tsx';

export type PolicyPageProps = {
  config: ModelConfig;
  digest: string;
  view: ModelView;
  history: readonly PolicyChange[];
  clock: Clock;
};

/** What happens by itself, and who changed that? */
export const PolicyPage: FC<PolicyPageProps> = ({ config, digest, view, history, clock }) => {
  const last = history[0];
  return (
    <>
      <Bar
        crumbs={[
          { text: 'Fleet', href: '/' },
          { text: config.name, href: `/models/${config.name}` },
          { text: 'Policy' },
        ]}
        clock={clock}
      />
      <main class="page" id="main">
        <div class="head" id="head" data-live>
          <div>
            <h1>
              <span class="muted">Policy</span> <code>{config.name}</code>
            </h1>
            <p class="lede">{policyLede(config, view.paused)}</p>
            <p class="why">
              {sayRegretNow(view)}
              {view.budget === null ? '' : ` ${view.budget.sentence}`}
            </p>
          </div>
        </div>
        <Section
          id="policy"
          title="In force"
          say={
            <>
              Config <code title={digest}>{digest.slice(0, 12)}</code>
              {last === undefined ? null : (
                <>
                  , last changed by {last.by} <Time at={last.at} clock={clock} />
                </>
              )}
              . <code>driftloop plan</code> shows what a changed file would do, <code>driftloop apply</code>{' '}
              does it.
            </>
          }
        >
          <dl class="policy">
            {sayPolicy(config, view).map(({ about, says }) => (
              <>
                <dt>{about}</dt>
                <dd>
                  {says.map((text) => (
                    <p>{text}</p>
                  ))}
                </dd>
              </>
            ))}
          </dl>
          <details class="as-table" id="policy-json">
            <summary>Every field, with its default</summary>
            {/* Scrolls on its own, so it can be reached by key. */}
            <pre class="config" tabindex={0}>
              {JSON.stringify(config, null, 2)}
            </pre>
          </details>
        </Section>
        <Section id="history" title="What changed">
          {history.length === 0 ? (
            <p class="say">Nothing since it was declared.</p>
          ) : (
            <ul class="policy-history">
              {history.map((change) => (
                <li>
                  <p>
                    <Time at={change.at} clock={clock} /> <b>{change.by}</b>{' '}
                    <span class="muted">{kindWords[change.kind]}</span>{' '}
                    <code>{change.digest.slice(0, 12)}</code>
                  </p>
                  {change.changes.length === 0 ? null : (
                    <ul>
                      {change.changes.map(({ path, before, after }) => (
                        <li>
                          <code>{path}</code> {sayValue(before)} <span aria-label="to">→</span>{' '}
                          {sayValue(after)}
                        </li>
                      ))}
                    </ul>
                  )}
                </li>
              ))}
            </ul>
          )}
        </Section>
      </main>
    </>
  );
};

const kindWords = {
  declared: 'declared it',
  removed: 'took it out of the config',
  changed: 'changed',
} as const;

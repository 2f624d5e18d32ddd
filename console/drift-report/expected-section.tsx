import type { FC } from 'hono/jsx';
import type { ExpectedStory } from '../../monitors/drift-story/expected-story.ts';
import { Section } from '../pages/parts.tsx';
import { count, rate } from '../wording.ts';
import { sayExpected } from './drift-sentences.ts';

const methods = {
  cbpe: 'calibrated scores (CBPE)',
  'importance-weighted': 'the same, weighted by how often the like comes now',
  atc: 'answers that are sure enough (ATC)',
  'difference-of-confidences': 'how much less sure they are',
} as const;
const metrics = { accuracy: 'accuracy', f1: 'macro F1', roc_auc: 'AUC' } as const;

/** What could have been known of the last rows before their labels came. */
export const ExpectedSection: FC<{ expected: ExpectedStory }> = ({ expected }) => (
  <Section
    id="expected"
    title="What could have been known without labels"
    say={sayExpected(expected)}
    live={false}
  >
    <div class="scroll">
      <table class="tbl">
        <thead>
          <tr>
            <th>Expected by</th>
            <th>Of</th>
            <th class="num">Expected</th>
            <th class="num">Came true</th>
          </tr>
        </thead>
        <tbody>
          {expected.expected.map(({ method, metric, range }) => {
            const came = expected.cameTrue[metric];
            return (
              <tr>
                <td>{methods[method]}</td>
                <td>{metrics[metric]}</td>
                <td class="num">
                  {range === null ? (
                    'unknown'
                  ) : (
                    <>
                      {rate(range.estimate)}{' '}
                      <small>
                        {rate(range.low)} to {rate(range.high)}
                      </small>
                    </>
                  )}
                </td>
                <td class="num">{came === null ? 'unknown' : rate(came)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
    <p class="muted">
      Of {count(expected.referenceRows)} rows that they were learnt on, those that resemble the last ones are
      worth {count(expected.effectiveRows)}.
    </p>
  </Section>
);

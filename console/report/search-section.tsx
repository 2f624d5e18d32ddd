import type { FC } from 'hono/jsx';
import type { SearchReport } from '../../domain/search-report.ts';
import { Section } from '../pages/parts.tsx';
import { count } from '../wording.ts';
import { saySearch } from './report-sentences.ts';

/** Which settings were tried, and how they did. */
export const SearchSection: FC<{ search: SearchReport }> = ({ search }) => (
  <Section id="search" title="Settings that were tried" say={saySearch(search)} live={false}>
    <div class="scroll">
      <table class="tbl">
        <thead>
          <tr>
            <th>settings</th>
            <th class="num">epochs</th>
            <th class="num">validation loss</th>
            <th class="num">score</th>
          </tr>
        </thead>
        <tbody>
          {search.trials.map(({ settings, epochs, loss, score }) => (
            <tr>
              <th scope="row">{settings}</th>
              <td class="num">{count(epochs)}</td>
              <td class="num">{loss === null ? '–' : loss.toFixed(3)}</td>
              <td class="num">{score === null ? '–' : score.toFixed(3)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  </Section>
);

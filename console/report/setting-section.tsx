import type { FC } from 'hono/jsx';
import { Section } from '../pages/parts.tsx';
import { capital, sentence } from '../wording.ts';
import type { ReportData } from './report-data.ts';

/** How it was trained, and why so. */
export const SettingSection: FC<{ data: ReportData }> = ({ data: { settings, training } }) => (
  <Section id="settings" title="How it was trained, and why so" live={false}>
    <div class="scroll">
      <table class="tbl">
        <tbody>
          {settings.map(({ name, value, because }) => (
            <tr>
              <th scope="row">{name}</th>
              <td>{value}</td>
              <td>{sentence(capital(because))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
    <ul class="after">
      {training.notes.map((note) => (
        <li class="say">{sentence(note)}</li>
      ))}
    </ul>
  </Section>
);

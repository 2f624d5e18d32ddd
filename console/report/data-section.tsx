import type { FC } from 'hono/jsx';
import { Section, Words } from '../pages/parts.tsx';
import { count, percent } from '../wording.ts';
import type { ReportData } from './report-data.ts';
import { sayData, sayLeftOut } from './report-sentences.ts';

/** Tables longer than that are folded away. */
const SHOWN = 20;

/** What it learnt from and was tested on. */
export const DataSection: FC<{ data: ReportData }> = ({ data }) => (
  <Section id="data" title="What the data looked like" say={<Words text={sayData(data)} />} live={false}>
    {data.truths.kind === 'labels' ? (
      <Labels labels={data.truths.labels} data={data} />
    ) : (
      <p class="say">
        <Words text={`\`${data.labelColumn}\` of the training rows: ${data.truths.training}.`} />
      </p>
    )}
    {data.columns.length <= SHOWN ? (
      <Columns data={data} />
    ) : (
      <details class="as-table">
        <summary>{count(data.columns.length)} columns</summary>
        <Columns data={data} />
      </details>
    )}
    {data.leftOut.length === 0 ? null : (
      <p class="say after">
        <Words text={sayLeftOut(data.leftOut)} />
      </p>
    )}
  </Section>
);

type Counts = { label: string; train: number; validation: number; test: number }[];

const Labels: FC<{ labels: Counts; data: ReportData }> = ({ labels, data: { rows, labelColumn } }) => {
  const table = (
    <div class="scroll">
      <table class="tbl">
        <thead>
          <tr>
            <th>{labelColumn}</th>
            <th class="num">training</th>
            <th class="num">validation</th>
            <th class="num">test</th>
          </tr>
        </thead>
        <tbody>
          {labels.map(({ label, train, validation, test }) => (
            <tr>
              <th scope="row">{label}</th>
              <Share of={train} among={rows.train} />
              <Share of={validation} among={rows.validation} />
              <Share of={test} among={rows.test} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
  return labels.length <= SHOWN ? (
    table
  ) : (
    <details class="as-table">
      <summary>{count(labels.length)} labels</summary>
      {table}
    </details>
  );
};

const Share: FC<{ of: number; among: number }> = ({ of, among }) => (
  <td class="num">
    {count(of)} <small>{percent(of / Math.max(1, among))}</small>
  </td>
);

const Columns: FC<{ data: ReportData }> = ({ data: { columns } }) => (
  <div class="scroll">
    <table class="tbl">
      <thead>
        <tr>
          <th>column</th>
          <th>kind</th>
          <th class="num">missing</th>
          <th>values of the training rows</th>
        </tr>
      </thead>
      <tbody>
        {columns.map(({ name, kind, missing, values }) => (
          <tr>
            <th scope="row">{name}</th>
            <td>{kind}</td>
            <td class="num">{missing === 0 ? 'none' : percent(missing)}</td>
            <td>{values}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

import type { FC, PropsWithChildren } from 'hono/jsx';
import { Section, Words } from '../pages/parts.tsx';
import { rate } from '../wording.ts';
import type { CardReport, ReportData, SuspectReport } from './report-data.ts';
import { saySuspects } from './report-sentences.ts';

/** What a person should look at in the data: found before the training, and labels that the version speaks against. */
export const CardSection: FC<{ data: ReportData }> = ({ data: { card } }) => {
  const { conflicts, nearTest, outOfRange, suspects, notes } = card;
  return (
    <Section id="card" title="What to look at in the data" live={false}>
      {notes.length === 0 ? (
        <p class="say">Nothing was found before the training.</p>
      ) : (
        <ul>
          {notes.map((note) => (
            <li class="say">{note}</li>
          ))}
        </ul>
      )}
      {conflicts.groups === 0 ? null : <Conflicts conflicts={conflicts} />}
      {nearTest.rows === 0 ? null : <NearTest pairs={nearTest.examples} />}
      {outOfRange.values === 0 ? null : <OutOfRange values={outOfRange.examples} />}
      {suspects === null ? null : <Suspects suspects={suspects} />}
    </Section>
  );
};

const Conflicts: FC<{ conflicts: CardReport['conflicts'] }> = ({ conflicts }) => (
  <Folded title="The same content, different labels" heads={['lines of the training file', 'labels']}>
    {conflicts.examples.map(({ lines, labels }) => (
      <tr>
        <th scope="row">{lines.join(', ')}</th>
        <td>{labels.join(', ')}</td>
      </tr>
    ))}
  </Folded>
);

const NearTest: FC<{ pairs: CardReport['nearTest']['examples'] }> = ({ pairs }) => (
  <Folded title="Test rows that say nearly what a training row says" heads={['test line', 'training line']}>
    {pairs.map(({ train, test }) => (
      <tr>
        <th scope="row">{test}</th>
        <td>{train}</td>
      </tr>
    ))}
  </Folded>
);

const OutOfRange: FC<{ values: CardReport['outOfRange']['examples'] }> = ({ values }) => (
  <Folded title="Test values far from all training values" heads={['test line', 'column', 'value']}>
    {values.map(({ line, column, problem }) => (
      <tr>
        <th scope="row">{line}</th>
        <td>{column}</td>
        <td>{problem}</td>
      </tr>
    ))}
  </Folded>
);

const Suspects: FC<{ suspects: SuspectReport }> = ({ suspects }) => (
  <>
    <p class="say after">
      <Words text={saySuspects(suspects)} />
    </p>
    {suspects.found === 0 ? null : (
      <Folded title="Labels to look at" heads={['line', 'row', 'is called', 'may be', 'surer by']}>
        {suspects.examples.map(({ line, says, given, suggested, margin }) => (
          <tr>
            <th scope="row">{line}</th>
            <td>{says}</td>
            <td>{given}</td>
            <td>{suggested}</td>
            <td class="num">{rate(margin)}</td>
          </tr>
        ))}
      </Folded>
    )}
  </>
);

const Folded: FC<PropsWithChildren<{ title: string; heads: readonly string[] }>> = ({
  title,
  heads,
  children,
}) => (
  <details class="as-table">
    <summary>{title}</summary>
    <div class="scroll">
      <table class="tbl">
        <thead>
          <tr>
            {heads.map((head) => (
              <th>{head}</th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  </details>
);

import type { FC } from 'hono/jsx';
import type { VersionRole } from '../../domain/version.ts';
import type { ModelView, StoredAlert } from '../model-view.ts';
import type { Mark } from '../run-state.ts';
import type { Clock } from '../times.ts';
import { lasting, rate, sentence } from '../wording.ts';
import { State } from './icons.tsx';
import { Note, Section, Table, Time } from './parts.tsx';

const alertMark = ({ status, labels }: StoredAlert): Mark => {
  if (status === 'resolved') return { icon: 'ok', tone: 'plain', word: 'Over' };
  if (labels['kind'] === 'silence') return { icon: 'unknown', tone: 'unknown', word: 'No data' };
  return labels['level'] === 'detected'
    ? { icon: 'bad', tone: 'bad', word: 'Detected' }
    : { icon: 'warn', tone: 'warn', word: 'Suspected' };
};

/** What Alertmanager has told, newest first. */
export const Alerts: FC<{ view: ModelView; clock: Clock }> = ({ view, clock }) => (
  <Section
    id="alerts"
    title="Alerts"
    {...(view.alarmBudget === null ? {} : { say: view.alarmBudget.sentence })}
  >
    {view.alerts.length === 0 ? (
      <Note icon="ok" answer="No alert so far.">
        Prometheus looks at regret and at every objective of the config, and says here when one is broken.
      </Note>
    ) : (
      <Table class="tbl cards" heads={['Since', 'State', 'What', { num: 'Lasted' }]}>
        {view.alerts.slice(0, 12).map((alert) => (
          <tr>
            <td class="nowrap">
              <Time at={alert.startsAt} clock={clock} />
            </td>
            <td>
              <State mark={alertMark(alert)} />
            </td>
            <td class="full">
              {sentence(alert.annotations['sentence'] ?? alert.alertname)}
              {movedIn(alert) && <div class="muted">Moved most: {movedIn(alert)}</div>}
            </td>
            <td class="num" data-l="lasted">
              {lasting(
                (alert.endsAt === null ? clock.now : Date.parse(alert.endsAt)) - Date.parse(alert.startsAt),
              )}
            </td>
          </tr>
        ))}
      </Table>
    )}
  </Section>
);

/** The features that had moved most when the alert fired; null where nothing is known of them. */
const movedIn = ({ annotations: { moved } }: StoredAlert): string | null =>
  moved === undefined || moved === 'unknown' ? null : moved;

const roleMarks: Readonly<Record<VersionRole, Mark>> = {
  champion: { icon: 'ok', tone: 'ok', word: 'Champion' },
  challenger: { icon: 'running', tone: 'plain', word: 'Challenger' },
  retired: { icon: 'planned', tone: 'unknown', word: 'Retired' },
  rejected: { icon: 'rejected', tone: 'plain', word: 'Rejected' },
};

/** Every version, newest first; what it was made from and how it tested. */
export const Versions: FC<{ view: ModelView; clock: Clock }> = ({ view, clock }) => {
  const shown = view.versions.slice(0, 15);
  const before = view.versions.find((v) => v.role === 'retired' && v.promotedAt !== null);
  return (
    <Section
      id="versions"
      title="Versions"
      aside={<a href={`/models/${view.name}/versions`}>Lineage, compare, roll back</a>}
      say={
        before === undefined ? undefined : (
          <>
            Back to {before.version} is one command:{' '}
            <code>
              driftloop version rollback {view.name} {before.version}
            </code>
          </>
        )
      }
    >
      {shown.length === 0 ? (
        <Note icon="versions" answer="No version yet.">
          <code>driftloop model bootstrap {view.name} --data FILE --label COLUMN</code> trains the first.
        </Note>
      ) : (
        <Table
          class="tbl cards"
          heads={['Version', 'Role', { num: 'On its test' }, 'Made', 'Took over', { num: 'Training' }]}
        >
          {shown.map((v) => (
            <tr>
              <th scope="row">
                {v.version}
                {v.parent === null ? null : <small>after {v.parent}</small>}
              </th>
              <td>
                <State mark={roleMarks[v.role]} />
                {v.forced === undefined ? null : (
                  <small>
                    forced by {v.forced.by}: {sentence(v.forced.because)}
                  </small>
                )}
              </td>
              <td class="num" data-l="on its test">
                {v.accuracyOnTest === null ? '–' : rate(v.accuracyOnTest)}
              </td>
              <td class="nowrap" data-l="made">
                <Time at={v.createdAt} clock={clock} />
              </td>
              <td class="nowrap" data-l="took over">
                {v.promotedAt === null ? 'never' : <Time at={v.promotedAt} clock={clock} />}
              </td>
              <td class="num" data-l="training">
                {v.trainSeconds === null ? '–' : lasting(v.trainSeconds * 1_000)}
              </td>
            </tr>
          ))}
        </Table>
      )}
    </Section>
  );
};

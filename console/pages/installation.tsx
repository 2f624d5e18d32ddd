import type { FC } from 'hono/jsx';
import type { Examination } from '../examination.ts';
import type { Looked } from '../patient-look.ts';
import type { Mark } from '../run-state.ts';
import { clockTime } from '../times.ts';
import type { Clock } from '../times.ts';
import { counted } from '../wording.ts';
import { workflowsAt } from '../workflow-link.ts';
import { State } from './icons.tsx';
import type { Links } from './layout.tsx';
import { Note, Section, Table, Words } from './parts.tsx';

type InstallationProps = { examined: Looked<Examination>; mayFix: boolean; links: Links; clock: Clock };

/** What `driftloop doctor` finds, found by the same look. */
export const Installation: FC<InstallationProps> = ({ examined, mayFix, links, clock }) => (
  <Section id="installation" title="Installation" say={sayExamined(examined, clock)}>
    {examined === null ? (
      <Note icon="running" answer="Every part is being asked.">
        What they answer stands here in a moment; <code>driftloop doctor</code> says it in a terminal.
      </Note>
    ) : (
      <Found found={examined.found} mayFix={mayFix} />
    )}
    <p class="small muted">
      <code>driftloop doctor</code> finds the same, also while the console is away.
      {links.temporal === undefined ? null : (
        <>
          {' '}
          <a href={workflowsAt(links)!}>Workflows</a>
        </>
      )}
      {links.prometheus === undefined ? null : (
        <>
          {' · '}
          <a href={links.prometheus}>Prometheus</a>
        </>
      )}
    </p>
  </Section>
);

function sayExamined(examined: Looked<Examination>, clock: Clock): string {
  if (examined === null) return 'Nothing is known yet.';
  const { parts, roles, environment, healthy } = examined.found;
  const at = `Asked ${clockTime(examined.at, clock)}.`;
  if (healthy) return `All is well: every part is there, and what runs answers. ${at}`;
  const away = [
    ...parts.filter((part) => markOf(part).tone === 'bad').map(({ title }) => title),
    ...roles.filter(({ ready }) => !ready).map(({ role }) => role),
  ];
  const wrong =
    environment.length === 0 ? '' : ` ${counted(environment.length, 'variable')} cannot be right.`;
  return `${away.length === 0 ? 'Something is wrong.' : `Not well: ${away.join(', ')}.`}${wrong} ${at}`;
}

const Found: FC<{ found: Examination; mayFix: boolean }> = ({
  found: { parts, roles, environment },
  mayFix,
}) => (
  <>
    {environment.map(({ code, message, fix }) => (
      <Note icon="bad" tone="bad" answer={message}>
        {fix} <code>{code}</code>
      </Note>
    ))}
    <Table class="tbl record" heads={['Part', 'Health', 'Version', 'Found']}>
      {parts
        .filter(({ where }) => where !== 'not needed')
        .map((part) => (
          <tr>
            <td data-name="Part">
              <b>{part.title}</b>
            </td>
            <td data-name="Health">
              <State mark={markOf(part)} />
              <Problem of={part.problem?.message ?? null} fix={part.fix} mayFix={mayFix} />
            </td>
            <td data-name="Version">{part.version ?? '–'}</td>
            <td data-name="Found">
              {part.where}
              {mayFix && part.at !== null ? <small class="muted mono">{` ${part.at}`}</small> : null}
            </td>
          </tr>
        ))}
      {roles.map(({ role, ready, problem, fix }) => (
        <tr>
          <td data-name="Role">
            <b>{role}</b>
          </td>
          <td data-name="Health">
            <State
              mark={
                ready
                  ? { icon: 'ok', tone: 'ok', word: 'ready' }
                  : { icon: 'bad', tone: 'bad', word: 'not ready' }
              }
            />
            <Problem of={problem} fix={fix} mayFix={mayFix} />
          </td>
          <td data-name="Version">–</td>
          <td data-name="Found">a role of dev</td>
        </tr>
      ))}
    </Table>
  </>
);

const Problem: FC<{ of: string | null; fix: string | null; mayFix: boolean }> = ({ of, fix, mayFix }) =>
  of === null && (fix === null || !mayFix) ? null : (
    <div class="small muted">
      {of} {mayFix && fix !== null ? <Words text={fix} /> : null}
    </div>
  );

/** Missing is a problem only of what the loop needs. */
function markOf({ healthy, where, optional }: Examination['parts'][number]): Mark {
  if (healthy === true) return { icon: 'ok', tone: 'ok', word: 'answers' };
  if (healthy === false) return { icon: 'bad', tone: optional ? 'warn' : 'bad', word: 'does not answer' };
  if (where !== 'missing') return { icon: 'planned', tone: 'plain', word: 'not asked' };
  return optional
    ? { icon: 'unknown', tone: 'unknown', word: 'not here' }
    : { icon: 'bad', tone: 'bad', word: 'missing' };
}

import type { FC } from 'hono/jsx';
import {
  boundParts,
  isHolding,
  isOutdated,
  sayChanged,
  sayOutdated,
  voterOf,
  whyNot,
} from '../../domain/approval.ts';
import type { Approval, Decision } from '../../domain/approval.ts';
import { mayDo } from '../../domain/person.ts';
import type { Dossier } from '../dossier/dossier.ts';
import { sayQuorum, sayRequester, sayWho, shortDigest } from '../dossier/say-dossier.ts';
import { sayDeadline } from '../run-state.ts';
import type { Mark } from '../run-state.ts';
import { clockTime } from '../times.ts';
import type { Clock } from '../times.ts';
import { lasting, sentence } from '../wording.ts';
import { State } from './icons.tsx';
import type { Reader } from './layout.tsx';
import { Act, Note } from './parts.tsx';

/** Who looks at the page, and whether there is something to decide. */
export type Decider = {
  reader: Reader;
  isOpen: boolean;
};

/** The decision, who may make it, and what it holds for. A GET never decides. */
export const DecidePanel: FC<Decider & { dossier: Dossier; clock: Clock }> = (props) => {
  const { dossier } = props;
  return (
    <aside class="panel" id="decide" aria-label="Decision" data-live>
      {props.isOpen ? <Decide {...props} /> : <Decided dossier={dossier} />}
      <People {...props} />
      <div>
        <h3>Your word holds for exactly this</h3>
        <dl class="pairs">
          {boundParts.map((part) => (
            <>
              <dt>{partNames[part]}</dt>
              <dd class="mono" title={dossier.approval.boundTo[part] ?? ''}>
                {shortDigest(dossier.approval.boundTo[part])}
              </dd>
            </>
          ))}
        </dl>
        <p class="say">If any of them changes, the approval is void and you are asked again.</p>
      </div>
    </aside>
  );
};

const partNames = {
  artifact: 'Artifact',
  report: 'Gate report',
  test: 'Test set',
  policy: 'Policy',
} as const;

const Decide: FC<Decider & { dossier: Dossier; clock: Clock }> = ({ dossier, reader, clock }) => {
  const { runId, challenger, champion, approval, standing, asked } = dossier;
  const obstacle = obstacleFor(reader, dossier);
  const { outdated } = approval;
  const deadline = sayDeadline(asked, clock);
  const left = asked?.until == null ? null : Date.parse(asked.until) - clock.now;
  return (
    <div>
      <h2>
        {challenger === null
          ? 'Train a challenger?'
          : champion === null
            ? `Let ${challenger} answer?`
            : `Replace ${champion} by ${challenger}?`}
      </h2>
      {outdated !== null ? (
        <Note icon="warn" tone="warn" answer={sentence(sayOutdated(outdated))}>
          The gate looks again by itself. Whoever decides is asked anew, if it still says yes.
        </Note>
      ) : standing.kind === 'void' ? (
        <Note
          icon="warn"
          tone="warn"
          answer={`This approval is void: ${sayChanged(standing.changed)}${whenChanged(standing.changed, approval, clock)}.`}
        >
          Read the new report.
        </Note>
      ) : null}
      {isOutdated(approval) ? null : obstacle === null ? (
        <Act action={`/runs/${runId}/decide`} csrf={reader.csrf} class="decide">
          <input type="hidden" name="boundTo" value={JSON.stringify(approval.boundTo)} />
          <label>
            Reason
            <textarea
              name="reason"
              rows={3}
              maxlength={500}
              placeholder="One sentence for whoever reads this in a year"
              aria-describedby="hint-reason"
            />
          </label>
          <small id="hint-reason" class="muted">
            Needed to reject. Kept in the audit log with your name, {reader.person.name}, either way.
          </small>
          <div class="two">
            <button class="btn you" name="kind" value="approve" data-key="A">
              {challenger === null ? 'Train' : 'Approve'} <kbd class="hide-s">⇧A</kbd>
            </button>
            <button class="btn" name="kind" value="reject" data-key="R">
              Reject <kbd class="hide-s">⇧R</kbd>
            </button>
          </div>
        </Act>
      ) : (
        <p class="say">
          {obstacle === 'requester'
            ? 'You have asked for this run: somebody else has to decide on it.'
            : 'You may read this. Those below decide.'}
        </p>
      )}
      {deadline === null ? null : (
        <p class="say">
          {deadline}
          {left !== null && left > 0 ? `, in ${lasting(left)}` : ''}.
        </p>
      )}
    </div>
  );
};

/** Why the reader may not decide; null where they may. */
function obstacleFor({ person }: Reader, { model, approval }: Dossier): ReturnType<typeof whyNot> {
  return mayDo(person, 'decide', model) ? whyNot(voterOf(person, model), approval) : 'not-an-approver';
}

const whenChanged = (
  changed: readonly (keyof Approval['since'])[],
  { since }: Approval,
  clock: Clock,
): string => {
  const at = changed.map((part) => since[part]).findLast((time) => time !== null);
  return at == null ? '' : ` at ${clockTime(at, clock)}`;
};

const Decided: FC<{ dossier: Dossier }> = ({ dossier: { outcome, standing } }) => (
  <div>
    <h2>
      {standing.kind === 'approved' || standing.kind === 'rejected' ? 'Decided' : 'Nothing to decide now'}
    </h2>
    <p class="say">{outcome === null ? 'The run goes on by itself.' : sentence(outcome.sentence)}</p>
  </div>
);

const People: FC<Decider & { dossier: Dossier; clock: Clock }> = ({ dossier, reader, clock }) => {
  const { approval } = dossier;
  const { policy, isEscalated, decisions } = approval;
  const asked = isEscalated ? [...policy.approvers, ...policy.escalateTo] : policy.approvers;
  const may: Mark = { icon: 'planned', tone: 'plain', word: 'may' };
  return (
    <div>
      <h3>Who may, who did</h3>
      <ul class="people">
        {asked.map((who) => (
          <li>
            <span>{sayWho(who)}</span>
            <State mark={may} />
          </li>
        ))}
        <li>
          <span>
            {reader.person.name} <span class="muted">you</span>
          </span>
          {obstacleFor(reader, dossier) === null ? (
            <State mark={{ icon: 'person', tone: 'you', word: 'may' }} />
          ) : (
            <span class="muted">may not</span>
          )}
        </li>
        {decisions.map((decision) => (
          <li>
            <span>
              {decision.by} <span class="muted">{clockTime(decision.at, clock)}</span>
              {decision.reason === '' ? null : <small>{sentence(decision.reason)}</small>}
            </span>
            <State mark={markDecision(decision, approval)} />
          </li>
        ))}
      </ul>
      <p class="say">
        {sayQuorum(dossier)} {sayRequester(approval)}
      </p>
    </div>
  );
};

function markDecision({ kind, boundTo }: Decision, approval: Approval): Mark {
  if (!isHolding({ boundTo }, approval)) return { icon: 'unknown', tone: 'unknown', word: 'void' };
  return kind === 'approve'
    ? { icon: 'ok', tone: 'ok', word: 'approved' }
    : { icon: 'rejected', tone: 'plain', word: 'rejected' };
}

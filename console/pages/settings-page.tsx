import type { FC } from 'hono/jsx';
import type { DriftloopError } from '../../domain/errors.ts';
import { everyModel, roles } from '../../domain/person.ts';
import type { DeclaredWebhook } from '../../domain/webhook-config.ts';
import type { Token } from '../../domain/tokens.ts';
import {
  isGood,
  markToken,
  rolesInWords,
  sayGrants,
  saySettings,
  sayWebhook,
} from '../settings-sentences.ts';
import type { Examination } from '../examination.ts';
import type { Looked } from '../patient-look.ts';
import type { Clock } from '../times.ts';
import { State } from './icons.tsx';
import { Bar } from './layout.tsx';
import type { Links, Reader } from './layout.tsx';
import { Installation } from './installation.tsx';
import { Act, Note, Section, Time } from './parts.tsx';

export type SettingsProps = {
  /** Newest first; null for those who may not see them. */
  tokens: readonly Token[] | null;
  /** Just made: the one time that its secret is shown. */
  made: { token: Token; secret: string } | null;
  models: readonly string[];
  /** Where each model tells what it asks, without secrets. */
  notices: readonly Readonly<{ model: string; address: string }>[];
  /** Who is told what happens, as the config says. */
  webhooks: readonly DeclaredWebhook[];
  examined: Looked<Examination>;
  /** Who looks after the installation sees where its parts are, and what to type. */
  mayFix: boolean;
  namespace: string;
  hasTeamLogin: boolean;
  links: Links;
  reader: Reader;
  clock: Clock;
  problem: DriftloopError | null;
};

/** Who may come in and do what, where people are told, and what the installation is made of. */
export const SettingsPage: FC<SettingsProps> = (props) => {
  const { tokens, made, reader, clock, problem } = props;
  const { lede, why } = saySettings(tokens, reader.person, clock);
  return (
    <>
      <Bar crumbs={[{ text: 'Settings' }]} clock={clock} />
      <main class="page" id="main">
        <div class="head" id="head">
          <div>
            <h1>Settings</h1>
            <p class="lede">{lede}</p>
            <p class="why">{why}</p>
          </div>
        </div>
        {problem === null ? null : (
          <Note icon="bad" tone="bad" answer={problem.message}>
            {problem.fix} <code>{problem.code}</code>
          </Note>
        )}
        {made === null ? null : <Made {...made} />}
        {tokens === null ? null : <Tokens {...props} tokens={tokens} />}
        <Roles />
        <Login {...props} />
        <Notices {...props} />
        <Installation {...props} />
      </main>
    </>
  );
};

const Made: FC<{ token: Token; secret: string }> = ({ token, secret }) => (
  <div class="ask made" role="status">
    <div>
      <h2>{`The token of ${token.name}. It is kept nowhere and is not shown again.`}</h2>
      <p>
        <input readonly value={secret} aria-label="The token" class="mono" />
      </p>
      <p class="small muted">{`${token.name} may act as ${sayGrants(token.grants)}.`}</p>
    </div>
  </div>
);

const Tokens: FC<SettingsProps & { tokens: readonly Token[] }> = ({ tokens, models, reader, clock }) => (
  <Section
    id="tokens"
    title="Tokens"
    say="Of people and programs. A secret is shown once, when it is made; kept is its hash."
    live={false}
  >
    {tokens.length === 0 ? (
      <Note icon="person" answer="Nobody has a token yet.">
        The first one is made here, or by <code>driftloop token create NAME --role ROLE</code>.
      </Note>
    ) : (
      <table class="tbl record">
        <thead>
          <tr>
            <th scope="col">Whose</th>
            <th scope="col">May act as</th>
            <th scope="col">State</th>
            <th scope="col">Made</th>
            <th scope="col">Last used</th>
            <th scope="col">
              <span class="sr">Revoke</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {tokens.map((token) => (
            <tr>
              <td data-name="Whose">
                <b>{token.name}</b> <small class="muted mono">{token.id}</small>
              </td>
              <td data-name="May act as">{sayGrants(token.grants)}</td>
              <td data-name="State">
                <State mark={markToken(token, clock)} />
              </td>
              <td data-name="Made">
                <Time at={token.createdAt} clock={clock} />{' '}
                <small class="muted">{`by ${token.createdBy}`}</small>
              </td>
              <td data-name="Last used">
                {token.lastUsedAt === null ? 'never' : <Time at={token.lastUsedAt} clock={clock} />}
              </td>
              <td data-name="">
                {isGood(token, clock.now) ? (
                  <Act action={`/settings/tokens/${token.id}/revoke`} csrf={reader.csrf}>
                    <button class="btn" aria-label={`Revoke the token of ${token.name}, ${token.id}`}>
                      Revoke
                    </button>
                  </Act>
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    )}
    <Act action="/settings/tokens" csrf={reader.csrf} class="filter make">
      <label>
        Whose
        <input name="name" required maxlength={128} autocomplete="off" placeholder="ada" />
      </label>
      <label>
        May act as
        <select name="role" required>
          {roles.map((role) => (
            <option value={role} selected={role === 'viewer'}>
              {role}
            </option>
          ))}
        </select>
      </label>
      <label>
        For
        <select name="model">
          <option value={everyModel}>every model</option>
          {models.map((name) => (
            <option value={name}>{name}</option>
          ))}
        </select>
      </label>
      <label>
        Good for
        <select name="expires">
          {['1d', '7d', '30d', '90d', '365d', 'never'].map((text) => (
            <option value={text} selected={text === '90d'}>
              {lifetimes[text]}
            </option>
          ))}
        </select>
      </label>
      <button class="btn you">Make a token</button>
    </Act>
  </Section>
);

const lifetimes: Readonly<Record<string, string>> = {
  '1d': 'a day',
  '7d': 'a week',
  '30d': '30 days',
  '90d': '90 days',
  '365d': 'a year',
  never: 'ever',
};

const Roles: FC = () => (
  <Section
    id="roles"
    title="Roles"
    say="Operating and approving are two duties: who starts a run does not let it through, but for an admin."
    live={false}
  >
    <dl class="said">
      {rolesInWords().map(({ role, may }) => (
        <>
          <dt class="mono">{role}</dt>
          <dd>{may}</dd>
        </>
      ))}
    </dl>
  </Section>
);

const Login: FC<SettingsProps> = ({ hasTeamLogin, namespace }) => (
  <Section id="login" title="Login" live={false}>
    <p class="say">
      {hasTeamLogin
        ? 'People come in by the team’s own login (OpenID Connect), or with a token. Their roles are what the groups of the login are worth.'
        : 'People come in with a token. The team’s own login is there when DRIFTLOOP_OIDC_ISSUER and its fellows are set for the console.'}{' '}
      {`A session ends with its token, after seven days, or by signing out; this is the namespace “${namespace}”.`}
    </p>
  </Section>
);

const Notices: FC<SettingsProps> = ({ notices, webhooks }) => (
  <Section
    id="notices"
    title="Notifications"
    say="Where a question to a person is sent, and who is told what happens, as the config says."
    live={false}
  >
    {notices.length + webhooks.length === 0 ? (
      <Note icon="unknown" answer="Nobody is told.">
        Name a webhook in the config: under <code>{'approval: { notify: … }'}</code> it is sent what waits for
        a person, under <code>{'webhooks: [ … ]'}</code> whatever happens, signed.
      </Note>
    ) : (
      <dl class="said">
        {notices.map(({ model, address }) => (
          <>
            <dt>
              <a href={`/models/${encodeURIComponent(model)}`}>{model}</a>
            </dt>
            <dd class="mono">{address}</dd>
          </>
        ))}
        {webhooks.map((webhook) => (
          <>
            <dt class="mono">{webhook.name}</dt>
            <dd>{sayWebhook(webhook)}</dd>
          </>
        ))}
      </dl>
    )}
  </Section>
);

import type { FC, PropsWithChildren } from 'hono/jsx';
import { assetUrl } from '../assets.ts';
import { Brand } from './icons.tsx';

/** A page without the rail: the way in, and what stands in the way. */
const Door: FC<PropsWithChildren<{ title: string; again?: string }>> = ({ title, again, children }) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      {again === undefined ? null : <meta http-equiv="refresh" content={`0;url=${again}`} />}
      <title>{`${title} · Driftloop`}</title>
      <link rel="icon" href={assetUrl('icon.svg')} type="image/svg+xml" />
      <link rel="stylesheet" href={assetUrl('console.css')} />
      <script src={assetUrl('theme.js')} />
    </head>
    <body>
      <main class="door">
        <a class="brand" href="/">
          <Brand />
          <span>Driftloop</span>
        </a>
        {children}
      </main>
    </body>
  </html>
);

/** `wrong` says what is the matter with the token that was given; null before one was. */
export const LoginPage: FC<{ to: string; wrong: string | null; teamLogin: boolean }> = ({
  to,
  wrong,
  teamLogin,
}) => (
  <Door title="Sign in">
    <h1 class="lede">This console asks who you are.</h1>
    {teamLogin ? (
      <p>
        <a class="btn you" href={`/login/oidc?to=${encodeURIComponent(to)}`}>
          Sign in with your team's account
        </a>
      </p>
    ) : null}
    <p class="why">
      {teamLogin ? 'Or by' : 'By'} a token that <code>driftloop token create</code> has printed;{' '}
      <code>driftloop dev</code> prints an address that carries its own and keeps it in{' '}
      <code>.driftloop/dev.json</code>.
    </p>
    <form method="post" action="/login" class="stack">
      <input type="hidden" name="to" value={to} />
      <label>
        Token
        <input
          type="password"
          name="token"
          autocomplete="current-password"
          required
          {...(wrong === null ? {} : { 'aria-invalid': 'true' as const, 'aria-describedby': 'wrong' })}
        />
      </label>
      {wrong === null ? null : (
        <p id="wrong" class="st bad" role="alert">
          {wrong}
        </p>
      )}
      <button class={teamLogin ? 'btn' : 'btn you'}>Enter</button>
    </form>
  </Door>
);

/**
 * A browser that comes from another site does not send a strict cookie. Going on from a page of ours, it does: so a link
 * in a chat leads in without a second login.
 */
export const AgainPage: FC<{ to: string }> = ({ to }) => (
  <Door title="One moment" again={to}>
    <p>
      <a href={to}>Go on</a>
    </p>
  </Door>
);

export const ProblemPage: FC<{ code: string; message: string; fix: string }> = ({ code, message, fix }) => (
  <Door title="That did not work">
    <h1 class="lede">{message}</h1>
    <p class="why">{fix}</p>
    <p class="muted">
      <code>{code}</code> · <a href="/">Back to the fleet</a>
    </p>
  </Door>
);

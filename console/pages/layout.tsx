import type { FC, PropsWithChildren } from 'hono/jsx';
import { everyModel, mayDo } from '../../domain/person.ts';
import type { Person } from '../../domain/person.ts';
import type { HealthWord } from '../model-view.ts';
import type { Icon, Mark } from '../run-state.ts';
import { assetUrl } from '../assets.ts';
import type { AssetName } from '../assets.ts';
import { hourAndMinute } from '../times.ts';
import type { Clock } from '../times.ts';
import { workflowsAt } from '../workflow-link.ts';
import { Brand, I } from './icons.tsx';
import { Act } from './parts.tsx';

/** What every page shows around itself. */
export type Frame = {
  models: readonly { name: string; word: HealthWord; waiting: number }[];
  /** The model that the page is about; null on the fleet. */
  current: string | null;
  /** The section of the rail that the page belongs to; null where it is about one model. */
  place: Place | null;
  /** The tab of its model that the page belongs to; the model's own where it is left out. */
  tab?: 'runs' | 'versions';
  /** Style sheets that only this page needs, beside the console's own. */
  styles?: readonly AssetName[];
  /** Scripts that only this page needs, beside the console's own. */
  scripts?: readonly AssetName[];
  links: Links;
  reader: Reader;
  /** How often the script looks for something new. */
  refreshMs: number;
};
/** The sections of the rail, in its order. */
export type Place = 'fleet' | 'approve' | 'rollouts' | 'teach' | 'audit' | 'settings';
/** Who looks at the page, and what the forms in it have to carry. */
export type Reader = { person: Person; csrf: string };
/** `temporal` is its web interface, and `temporalNamespace` the one there that our workflows are in. */
export type Links = { temporal?: string; temporalNamespace?: string; prometheus?: string };

export const healthMarks: Readonly<Record<HealthWord, Mark>> = {
  steady: { icon: 'ok', tone: 'ok', word: 'Steady' },
  suspected: { icon: 'warn', tone: 'warn', word: 'Suspected' },
  worse: { icon: 'bad', tone: 'bad', word: 'Worse' },
  unknown: { icon: 'unknown', tone: 'unknown', word: 'Unknown' },
};

/** A whole document. `children` is the main part, which the script asks for again on its own. */
export const Page: FC<PropsWithChildren<{ title: string; frame: Frame }>> = ({ title, frame, children }) => (
  <html lang="en" data-every={frame.refreshMs}>
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>{`${title} · Driftloop`}</title>
      <link rel="icon" href={assetUrl('icon.svg')} type="image/svg+xml" />
      {(['console.css', ...(frame.styles ?? [])] as const).map((name) => (
        <link rel="stylesheet" href={assetUrl(name)} />
      ))}
      <script src={assetUrl('theme.js')} />
      <script src={assetUrl('console.js')} defer />
      {(frame.scripts ?? []).map((name) => (
        <script src={assetUrl(name)} defer />
      ))}
    </head>
    <body>
      <a class="skip" href="#main">
        To the content
      </a>
      <nav class="rail" aria-label="Console">
        <a class="brand" href="/">
          <Brand />
          <span>Driftloop</span>
        </a>
        <ul>
          {placesOf(frame).map(({ word, ...item }) => (
            <Item {...item}>{word}</Item>
          ))}
        </ul>
        {frame.models.length === 0 ? (
          <div id="rail-models" data-live />
        ) : (
          <div id="rail-models" data-live>
            <h2>Models</h2>
            <ul>
              {frame.models.map(({ name, word, waiting }) => (
                <Item
                  href={`/models/${name}`}
                  icon={healthMarks[word].icon}
                  tone={healthMarks[word].tone}
                  current={frame.current === name}
                  count={waiting}
                  said={healthMarks[word].word}
                >
                  {name}
                </Item>
              ))}
            </ul>
          </div>
        )}
        <div>
          <h2>Record</h2>
          <ul>
            {recordOf(frame).map(({ word, ...item }) => (
              <Item {...item}>{word}</Item>
            ))}
          </ul>
        </div>
        {frame.links.temporal === undefined && frame.links.prometheus === undefined ? null : (
          <div>
            <h2>Underneath</h2>
            <ul>
              {frame.links.temporal === undefined ? null : (
                <Item href={workflowsAt(frame.links)!} icon="runs">
                  Workflows
                </Item>
              )}
              {frame.links.prometheus === undefined ? null : (
                <Item href={frame.links.prometheus} icon="model">
                  Prometheus
                </Item>
              )}
            </ul>
          </div>
        )}
        <SignedIn {...frame.reader} />
      </nav>
      <div class="main">
        {children}
        <More frame={frame} />
      </div>
      <Tabs frame={frame} />
      <Keys />
      <p class="sr" id="said" aria-live="polite" />
    </body>
  </html>
);

const SignedIn: FC<Reader> = ({ person, csrf }) => (
  <div id="signed-in">
    <h2>Signed in</h2>
    <p class="small">
      {person.name}{' '}
      <span class="muted">
        {person.via === 'local'
          ? 'the local user, who may do everything'
          : [...new Set(person.grants.map(({ role }) => role))].join(', ')}
      </span>
    </p>
    <Act action="/logout" csrf={csrf} class="acts">
      <button class="btn">Sign out</button>
    </Act>
  </div>
);

type ItemProps = {
  href: string;
  icon: Icon;
  tone?: Mark['tone'];
  current?: boolean;
  count?: number;
  said?: string;
  /** The place that `g` and its letter go to. */
  go?: string;
};

const Item: FC<PropsWithChildren<ItemProps>> = ({ href, icon, tone, current, count, said, go, children }) => (
  <li>
    <a
      class="n"
      href={href}
      {...(go === undefined ? {} : { 'data-go': go })}
      {...(current ? { 'aria-current': 'page' as const } : {})}
      {...(/^https?:/.test(href) ? { rel: 'noreferrer', target: '_blank' } : {})}
    >
      <span class={tone === undefined ? 'st' : `st ${tone}`}>
        <I name={icon} />
      </span>
      <span class="grow">{children}</span>
      {said === undefined ? null : <span class="sr">{said}</span>}
      {count ? <span class="count you">{count}</span> : null}
    </a>
  </li>
);

/** The sections as links; on a phone the first of them are tabs. */
const placesOf = ({ place, models }: Frame) =>
  [
    { at: 'fleet', href: '/', icon: 'fleet', word: 'Fleet' },
    {
      at: 'approve',
      href: '/approve',
      icon: 'approve',
      word: 'Approve',
      count: models.reduce((sum, { waiting }) => sum + waiting, 0),
    },
    { at: 'rollouts', href: '/rollouts', icon: 'rollout', word: 'Rollouts' },
    { at: 'teach', href: '/teach', icon: 'teach', word: 'Teach' },
  ].map(({ at, ...rest }) => ({ ...rest, go: at, icon: rest.icon as Icon, current: place === at }));

/** What is kept and what is set, for those who may read it: all of the log, or what concerns a model of theirs. */
const recordOf = ({ place, reader: { person }, models }: Frame) => {
  const readable = [everyModel, ...models.map(({ name }) => name)].find((name) =>
    mayDo(person, 'audit', name),
  );
  const audit = readable === everyModel ? '/audit' : `/audit?model=${encodeURIComponent(readable ?? '')}`;
  return [
    ...(readable === undefined ? [] : [{ at: 'audit', href: audit, icon: 'audit' as const, word: 'Audit' }]),
    { at: 'settings', href: '/settings', icon: 'settings' as const, word: 'Settings' },
  ].map(({ at, ...rest }) => ({ ...rest, current: place === at }));
};

/** Where there is no room for a whole rail, every section stands at the foot of the page, and the way out. */
const More: FC<{ frame: Frame }> = ({ frame }) => (
  <footer class="more">
    <nav aria-label="All sections">
      {[...placesOf(frame), ...recordOf(frame)].map(({ href, word, current }) => (
        <a href={href} {...(current ? { 'aria-current': 'page' as const } : {})}>
          {word}
        </a>
      ))}
    </nav>
    <Act action="/logout" csrf={frame.reader.csrf}>
      <button class="btn">Sign out, {frame.reader.person.name}</button>
    </Act>
  </footer>
);

/** On a phone the rail is gone and these stay in reach of a thumb. */
const Tabs: FC<{ frame: Frame }> = ({ frame }) => {
  const { current, models, place } = frame;
  const here = models.find(({ name }) => name === current);
  const [fleet, ...others] = placesOf(frame);
  const tabs: { href: string; icon: Icon; word: string; current?: boolean; count?: number }[] = [
    fleet!,
    ...(here === undefined || place !== null ? others : []),
    ...(here === undefined
      ? models.slice(0, 2).map(({ name, word, waiting }) => ({
          href: `/models/${name}`,
          icon: healthMarks[word].icon,
          word: name,
          count: waiting,
        }))
      : [
          {
            href: `/models/${here.name}#top`,
            icon: 'model' as const,
            word: 'Model',
            current: frame.tab === undefined,
          },
          ...(here.waiting > 0
            ? [
                {
                  href: `/models/${here.name}#asks`,
                  icon: 'person' as const,
                  word: 'Decide',
                  count: here.waiting,
                },
              ]
            : []),
          {
            href: `/models/${here.name}#runs`,
            icon: 'runs' as const,
            word: 'Runs',
            current: frame.tab === 'runs',
          },
          { href: `/models/${here.name}#alerts`, icon: 'alert' as const, word: 'Alerts' },
          {
            href: `/models/${here.name}#versions`,
            icon: 'versions' as const,
            word: 'Versions',
            current: frame.tab === 'versions',
          },
        ].slice(0, 4)),
  ].slice(0, 5);
  return (
    <nav class="tabs" aria-label="Sections" id="tabs" data-live>
      {tabs.map((tab) => (
        <a href={tab.href} {...(tab.current ? { 'aria-current': 'page' as const } : {})}>
          <I name={tab.icon} />
          <span>{tab.word}</span>
          {tab.count ? <span class="count you">{tab.count}</span> : null}
        </a>
      ))}
    </nav>
  );
};

const keysOf: readonly (readonly [keys: readonly string[], what: string])[] = [
  [['g', 'f'], 'Fleet'],
  [['g', 'm'], 'Model: this one, or the most urgent'],
  [['g', 'r'], 'Run: the newest on the page'],
  [['g', 'a'], 'Approve'],
  [['g', 'o'], 'Rollout'],
  [['g', 't'], 'Teach'],
  [['j', 'k'], 'Next and previous row; Enter opens it'],
  [['/'], 'Find a row'],
  [['a'], 'To the open decision'],
  [['⇧A', '⇧R'], 'To approve and to reject; Enter does it'],
  [['←', '→'], 'Read a chart; Page keys go by the day'],
  [['d'], 'Light or dark'],
  [['?'], 'These keys; Esc closes them'],
];

/** What the keys do. Closed until `?`, and closed again without a script. */
const Keys: FC = () => (
  <dialog id="keys" aria-labelledby="keys-title">
    <form method="dialog">
      <h2 id="keys-title">Keys</h2>
      <dl class="pairs">
        {keysOf.map(([keys, what]) => (
          <>
            <dt>
              {keys.map((key) => (
                <>
                  <kbd>{key}</kbd>{' '}
                </>
              ))}
            </dt>
            <dd>{what}</dd>
          </>
        ))}
      </dl>
      <p class="muted small">
        None acts while a field has focus, and nothing in production changes on one key.
      </p>
      <button class="btn">Close</button>
    </form>
  </dialog>
);

/** The bar above the main part: where the reader is, and whether what is shown is fresh. */
export const Bar: FC<
  PropsWithChildren<{ crumbs: readonly { text: string; href?: string }[]; clock: Clock }>
> = ({ crumbs, clock, children }) => (
  <header class="bar" id="top">
    <div class="crumbs">
      {crumbs.map(({ text, href }, i) => (
        <>
          {i > 0 ? <span aria-hidden="true">/</span> : null}
          {href === undefined ? <b>{text}</b> : <a href={href}>{text}</a>}
        </>
      ))}
    </div>
    {children}
    <span class="live" id="live" role="status">
      <span class="word">live · {hourAndMinute(clock)}</span>
    </span>
    <button type="button" class="btn bare hide-s" data-keys>
      Keys <kbd>?</kbd>
    </button>
    <button
      type="button"
      class="btn bare square"
      data-theme-toggle
      aria-label="Change between light and dark"
      title="Light or dark (d)"
    >
      <I name="theme" />
    </button>
  </header>
);

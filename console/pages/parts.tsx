import type { Child, FC, PropsWithChildren } from 'hono/jsx';
import { clockTime, utc } from '../times.ts';
import type { Clock } from '../times.ts';
import type { Icon } from '../run-state.ts';
import { I } from './icons.tsx';

/** A time on the reader's clock, with UTC on hover. */
export const Time: FC<{ at: string; clock: Clock }> = ({ at, clock }) => (
  <time datetime={at} title={utc(at)}>
    {clockTime(at, clock)}
  </time>
);

/** A sentence in which `commands` and the like stand between backticks. */
export const Words: FC<{ text: string }> = ({ text }) => (
  <>{text.split('`').map((part, i) => (i % 2 === 1 ? <code>{part}</code> : part))}</>
);

/** A sentence of which no line ends between a number and its unit. */
export const unbroken = (text: string): string =>
  text.replaceAll(/(?<=\d) (?=(?:d|h|min|s|ms|MB|%)(?![\w-]))/g, '\u00A0');

/** A part of a page that the script replaces on its own when it has changed. */
export const Section: FC<
  PropsWithChildren<{ id: string; title: string; say?: Child; aside?: Child; live?: boolean }>
> = (props) => (
  <section class="sec" id={props.id} {...(props.live === false ? {} : { 'data-live': true })}>
    <header>
      <div>
        <h2>{props.title}</h2>
        {props.say === undefined ? null : <p class="say">{props.say}</p>}
      </div>
      {props.aside}
    </header>
    {props.children}
  </section>
);

/** Nothing there yet, or something wrong: what is so, why, what happens by itself, and the one next step. */
export const Note: FC<PropsWithChildren<{ icon: Icon; tone?: 'warn' | 'bad' | 'plain'; answer: string }>> = ({
  icon,
  tone = 'plain',
  answer,
  children,
}) => (
  <div class={`note ${tone}`} {...(tone === 'bad' ? { role: 'alert' } : {})}>
    <I name={icon} />
    <p>
      <b>{answer}</b> <small>{children}</small>
    </p>
  </div>
);

/** What was refused, with its fix; nothing where nothing was. */
export const Refused: FC<{ problem: { code: string; message: string; fix: string } | null }> = ({
  problem,
}) =>
  problem === null ? null : (
    <Note icon="bad" tone="bad" answer={problem.message}>
      {problem.fix} <code>{problem.code}</code>
    </Note>
  );

/** A number with what it is and what it stands against. */
export const Fact: FC<PropsWithChildren<{ name: string; note?: Child }>> = ({ name, note, children }) => (
  <div>
    <dt>{name}</dt>
    <dd>
      {children}
      {note === undefined ? null : <span class="note-line">{note}</span>}
    </dd>
  </div>
);

/** A form that does something: it carries the session's CSRF token. */
export const Act: FC<PropsWithChildren<{ action: string; csrf: string; class?: string }>> = (props) => (
  <form method="post" action={props.action} class={props.class ?? ''}>
    <input type="hidden" name="csrf" value={props.csrf} />
    {props.children}
  </form>
);

/** A table with its heads; those above figures stand to the right, as these do. */
export const Table: FC<
  PropsWithChildren<{ class: string; heads: readonly (Head | { readonly num: Head })[] }>
> = (props) => (
  <table class={props.class}>
    <thead>
      <tr>
        {props.heads.map((head) =>
          head !== null && typeof head === 'object' ? (
            <th scope="col" class="num">
              {head.num}
            </th>
          ) : (
            <th scope="col">{head}</th>
          ),
        )}
      </tr>
    </thead>
    <tbody>{props.children}</tbody>
  </table>
);
/** Null where there is no version to name. */
type Head = string | null;

import type { FC, PropsWithChildren } from 'hono/jsx';
import { Brand } from '../pages/icons.tsx';
import { Words } from '../pages/parts.tsx';
import { capital } from '../wording.ts';

type Props = {
  /** `fine-tuning report` */
  kind: string;
  name: string;
  madeAt: string;
  styles: string;
  /** The answer. */
  lede: string;
  /** What it rests on, and what follows. */
  why: readonly string[];
};

/** The page of a report: needs no other file, runs no script, and says its answer first. */
export const ReportFrame: FC<PropsWithChildren<Props>> = (props) => {
  const { kind, name, madeAt, styles, lede, why, children } = props;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${name} · ${kind} · Driftloop`}</title>
        <style dangerouslySetInnerHTML={{ __html: styles }} />
      </head>
      <body class="report">
        <main class="page">
          <header class="head">
            <div>
              <h1>
                <Brand />
                <span>
                  {capital(kind)} · {name} · {madeAt.slice(0, 16).replace('T', ' ')} UTC
                </span>
              </h1>
              <p class="lede">{lede}</p>
              {why.map((text) => (
                <p class="why">
                  <Words text={text} />
                </p>
              ))}
            </div>
          </header>
          {children}
        </main>
      </body>
    </html>
  );
};

import type { FC } from 'hono/jsx';
import type { ModelConfig } from '../../domain/model-config.ts';
import type { LabelDelay } from '../../domain/ports.ts';
import type { HappenedHistory, History, ModelView } from '../model-view.ts';
import type { Clock } from '../times.ts';
import { Accuracy } from './accuracy.tsx';
import { AsHappened } from './as-happened.tsx';
import { Coverage } from './coverage.tsx';
import { Drift } from './drift.tsx';
import { Delay } from './label-delay.tsx';
import { Bar } from './layout.tsx';
import type { Reader } from './layout.tsx';
import { Facts, Head } from './model-head.tsx';
import { Refused } from './parts.tsx';
import { RangeChoice } from './range-choice.tsx';
import type { Range } from './ranges.ts';
import { Alerts, Versions } from './records.tsx';
import { Asks, Runs } from './runs.tsx';
import { Slices } from './slices.tsx';

export type ModelPageProps = {
  view: ModelView;
  history: History | null;
  happened: HappenedHistory;
  delay: LabelDelay | null;
  range: Range;
  clock: Clock;
  reader: Reader;
  config: ModelConfig;
  problem: { code: string; message: string; fix: string } | null;
};

/** Since when, how bad, why? */
export const ModelPage: FC<ModelPageProps> = (props) => {
  const { view, clock, reader, range, config, problem } = props;
  return (
    <>
      <Bar crumbs={[{ text: 'Fleet', href: '/' }, { text: view.name }]} clock={clock}>
        <RangeChoice name={view.name} range={range} />
      </Bar>
      <main class="page" id="main">
        <Refused problem={problem} />
        <Head view={view} clock={clock} reader={reader} />
        <Asks view={view} clock={clock} />
        <Facts view={view} />
        <Accuracy view={view} history={props.history} range={range} clock={clock} />
        <AsHappened happened={props.happened} range={range} clock={clock} />
        <Delay delay={props.delay} happened={props.happened} />
        <Coverage view={view} />
        <Slices view={view} declared={config} history={props.history} range={range} />
        <Drift view={view} psiBound={psiBoundOf(config)} />
        <Runs view={view} clock={clock} reader={reader} />
        <Alerts view={view} clock={clock} />
        <Versions view={view} clock={clock} />
      </main>
    </>
  );
};

/** PSI from which on a feature has moved a lot. */
const psiBoundOf = ({ watch }: Pick<ModelConfig, 'watch'>): number =>
  watch.find((one) => one.kind === 'drift')?.psiAtLeast ?? 0.25;

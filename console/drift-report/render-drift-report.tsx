import type { FC } from 'hono/jsx';
import type { Layout } from '../charts/plot.ts';
import { Fact, Section } from '../pages/parts.tsx';
import { ReportFrame } from '../report/report-frame.tsx';
import { reportStyles } from '../report/report-styles.ts';
import { count, rate } from '../wording.ts';
import { AccuracyOverRows } from './accuracy-over-rows.tsx';
import type { DriftReportData } from './drift-report-data.ts';
import { advice, lede, place, sayFeatures, sayWindows, why } from './drift-sentences.ts';
import { ExpectedSection } from './expected-section.tsx';
import { FeatureTable } from './feature-table.tsx';

const layouts: Layout[] = ['wide', 'middle', 'narrow'];

/** What happened to a model that was left alone, as one HTML file that needs no other and runs no script. */
export async function renderDriftReport(data: DriftReportData): Promise<string> {
  const page = <DriftReport data={data} styles={reportStyles()} />;
  return `<!doctype html>\n${await page}\n`;
}

const DriftReport: FC<{ data: DriftReportData; styles: string }> = ({ data, styles }) => {
  const { name, madeAt, story } = data;
  return (
    <ReportFrame
      kind="drift report"
      name={name}
      madeAt={madeAt}
      styles={styles}
      lede={lede(data)}
      why={[why(data), advice(data)]}
    >
      <Facts data={data} />
      <Section id="accuracy" title="How good it was" say={sayWindows(story)} live={false}>
        {layouts.map((layout) => (
          <figure class={`at-${layout}`}>
            <AccuracyOverRows story={story} layout={layout} />
          </figure>
        ))}
      </Section>
      <Section id="features" title="What moved" say={sayFeatures(story.features)} live={false}>
        <FeatureTable story={story} />
      </Section>
      {data.expected === null ? null : <ExpectedSection expected={data.expected} />}
    </ReportFrame>
  );
};

const Facts: FC<{ data: DriftReportData }> = ({ data: { story, comparedWith, referenceRows, source } }) => {
  const { worse, accuracy, rows, features } = story;
  const moved = features.filter(({ since }) => since !== null);
  const first = moved.map(({ since }) => since!).toSorted((a, b) => a - b)[0];
  return (
    <dl class="facts">
      <Fact name="Right, of all answers" note={`${count(rows)} rows of ${source}`}>
        {rate(accuracy)}
      </Fact>
      <Fact name="Before" note={worse === null ? 'no clear change' : `until ${place(worse.row, worse.at)}`}>
        {worse === null ? 'as now' : rate(worse.before)}
      </Fact>
      <Fact
        name="Since then"
        note={worse === null ? 'no clear change' : 'the best split into better and worse'}
      >
        {worse === null ? 'as before' : rate(worse.after)}
      </Fact>
      <Fact
        name="Features that moved"
        note={
          first === undefined
            ? 'none'
            : `the first at ${place(story.windows[first]!.from, story.windows[first]!.at)}`
        }
      >
        {count(moved.length)} of {count(features.length)}
      </Fact>
      <Fact
        name={comparedWith === 'training' ? 'Trained on' : 'The beginning'}
        note="what everything is compared with"
      >
        {count(referenceRows)} rows
      </Fact>
    </dl>
  );
};

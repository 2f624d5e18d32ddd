import type { FC } from 'hono/jsx';
import { Brand } from '../pages/icons.tsx';
import { Words } from '../pages/parts.tsx';
import { CardSection } from './card-section.tsx';
import { DataSection } from './data-section.tsx';
import { DistanceSection } from './distance-section.tsx';
import { LabelFacts, ValueFacts } from './facts.tsx';
import { LabelSection } from './label-section.tsx';
import { LearningSection } from './learning-section.tsx';
import { MistakeSection } from './mistake-section.tsx';
import type { ReportData } from './report-data.ts';
import { lede, why } from './report-sentences.ts';
import { SearchSection } from './search-section.tsx';
import { SettingSection } from './setting-section.tsx';
import { SliceSection } from './slice-section.tsx';

/** The answer first, then how it came about, where it is weak, and what it was made from. */
export const ReportPage: FC<{ data: ReportData; styles: string }> = ({ data, styles }) => {
  const { evaluation } = data;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${data.name} · fine-tuning report · Driftloop`}</title>
        <style dangerouslySetInnerHTML={{ __html: styles }} />
      </head>
      <body class="report">
        <main class="page">
          <header class="head">
            <div>
              <h1>
                <Brand />
                <span>
                  Fine-tuning report · {data.name} · {data.madeAt.slice(0, 16).replace('T', ' ')} UTC
                </span>
              </h1>
              <p class="lede">{lede(data)}</p>
              <p class="why">
                <Words text={why(data)} />
              </p>
            </div>
          </header>
          {evaluation.kind === 'labels' ? (
            <LabelFacts evaluation={evaluation} training={data.training} />
          ) : (
            <ValueFacts evaluation={evaluation} training={data.training} />
          )}
          <LearningSection data={data} />
          {evaluation.kind === 'labels' ? (
            <>
              <MistakeSection evaluation={evaluation} />
              <LabelSection evaluation={evaluation} />
            </>
          ) : (
            <DistanceSection evaluation={evaluation} />
          )}
          <SliceSection data={data} />
          <DataSection data={data} />
          <CardSection data={data} />
          <SettingSection data={data} />
          {data.search && <SearchSection search={data.search} />}
        </main>
      </body>
    </html>
  );
};

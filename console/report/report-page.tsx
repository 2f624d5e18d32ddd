import type { FC } from 'hono/jsx';
import { Brand } from '../pages/icons.tsx';
import { Fact, Words } from '../pages/parts.tsx';
import { count, lasting, rate } from '../wording.ts';
import { DataSection } from './data-section.tsx';
import { LabelSection } from './label-section.tsx';
import { LearningSection } from './learning-section.tsx';
import { MistakeSection } from './mistake-section.tsx';
import type { ReportData } from './report-data.ts';
import { lede, sayCalibration, sayInterval, why } from './report-sentences.ts';
import { SettingSection } from './setting-section.tsx';
import { SliceSection } from './slice-section.tsx';

/** The answer first, then how it came about, where it is weak, and what it was made from. */
export const ReportPage: FC<{ data: ReportData; styles: string }> = ({ data, styles }) => {
  const { metrics, baseline } = data.evaluation;
  const { training } = data;
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
          <dl class="facts">
            <Fact
              name="Accuracy on the test file"
              note={`${sayInterval(metrics.accuracy)}; guessing ${rate(baseline.accuracy)}`}
            >
              {rate(metrics.accuracy.estimate)}
            </Fact>
            <Fact name="Macro F1" note={`${sayInterval(metrics.macroF1)}; every label counts the same`}>
              {rate(metrics.macroF1.estimate)}
            </Fact>
            <Fact
              name="Log loss"
              note={`${sayInterval(metrics.logLoss)}; guessing ${rate(baseline.logLoss)}; less is better`}
            >
              {rate(metrics.logLoss.estimate)}
            </Fact>
            <Fact name="Calibration error" note={sayCalibration(metrics.ece)}>
              {rate(metrics.ece.estimate)}
            </Fact>
            <Fact
              name="Training"
              note={`${count(training.trainableParameters)} of ${count(training.totalParameters)} weights learnt, on ${training.backend}, at most ${count(training.peakMemoryMb)} MB`}
            >
              {training.seconds < 10 ? `${training.seconds.toFixed(1)} s` : lasting(training.seconds * 1_000)}
            </Fact>
          </dl>
          <LearningSection data={data} />
          <MistakeSection data={data} />
          <LabelSection data={data} />
          <SliceSection data={data} />
          <DataSection data={data} />
          <SettingSection data={data} />
        </main>
      </body>
    </html>
  );
};

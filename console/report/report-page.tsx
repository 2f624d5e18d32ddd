import type { FC } from 'hono/jsx';
import { CardSection } from './card-section.tsx';
import { DataSection } from './data-section.tsx';
import { DistanceSection } from './distance-section.tsx';
import { KeptSection } from './kept-section.tsx';
import { LabelFacts, MultiLabelFacts, ValueFacts } from './facts.tsx';
import { LabelSection } from './label-section.tsx';
import { LearningSection } from './learning-section.tsx';
import { MistakeSection } from './mistake-section.tsx';
import type { ReportData } from './report-data.ts';
import { ReportFrame } from './report-frame.tsx';
import { lede, why } from './report-sentences.ts';
import { SampleSection } from './sample-section.tsx';
import { SearchSection } from './search-section.tsx';
import { SettingSection } from './setting-section.tsx';
import { SliceSection } from './slice-section.tsx';
import { AnswerFacts, PreferenceFacts } from './writing-facts.tsx';

/** The answer first, then how it came about, where it is weak, and what it was made from. */
export const ReportPage: FC<{ data: ReportData; styles: string }> = ({ data, styles }) => {
  const { evaluation } = data;
  return (
    <ReportFrame
      kind="fine-tuning report"
      name={data.name}
      madeAt={data.madeAt}
      styles={styles}
      lede={lede(data)}
      why={[why(data)]}
    >
      <Facts evaluation={evaluation} training={data.training} />
      <KeptSection data={data} />
      <LearningSection data={data} />
      <Answers evaluation={evaluation} />
      <SliceSection data={data} />
      <DataSection data={data} />
      <CardSection data={data} />
      <SettingSection data={data} />
      {data.search && <SearchSection search={data.search} />}
    </ReportFrame>
  );
};

type Evaluation = ReportData['evaluation'];

const Facts: FC<{ evaluation: Evaluation; training: ReportData['training'] }> = ({
  evaluation,
  training,
}) => {
  switch (evaluation.kind) {
    case 'labels':
      return <LabelFacts evaluation={evaluation} training={training} />;
    case 'multi-label':
      return <MultiLabelFacts evaluation={evaluation} training={training} />;
    case 'values':
      return <ValueFacts evaluation={evaluation} training={training} />;
    case 'answers':
      return <AnswerFacts evaluation={evaluation} training={training} />;
    case 'preferences':
      return <PreferenceFacts evaluation={evaluation} training={training} />;
    default:
      return evaluation satisfies never;
  }
};

/** Its answers, one by one or counted. */
const Answers: FC<{ evaluation: Evaluation }> = ({ evaluation }) => {
  switch (evaluation.kind) {
    case 'labels':
      return (
        <>
          <MistakeSection evaluation={evaluation} />
          <LabelSection evaluation={evaluation} />
        </>
      );
    case 'multi-label':
      return <LabelSection evaluation={evaluation} />;
    case 'values':
      return <DistanceSection evaluation={evaluation} />;
    case 'answers':
    case 'preferences':
      return <SampleSection evaluation={evaluation} />;
    default:
      return evaluation satisfies never;
  }
};

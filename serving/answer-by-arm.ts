import type { PredictionMessage } from '../domain/messages.ts';
import type { AnyOutput } from '../domain/task.ts';
import { checkOutputs } from '../domain/check-output.ts';
import { answererOf } from './choose-arm.ts';
import type { Answerer, Arm } from './choose-arm.ts';
import type { Serving } from './served-routes.ts';

/** A prediction before its answer, and in whose name it is counted. */
export type Question = { message: Omit<PredictionMessage, 'output'>; arm: Arm };
export type Answered = { message: PredictionMessage; arm: Arm };

/** Told of a version that failed, with what it was asked. */
type OnFailed = (questions: readonly Question[], error: unknown) => void;

/** Answers what one version is asked, in the order of the questions. */
export type AnswerWith = (key: string, asked: readonly Question['message'][]) => Promise<AnyOutput[]>;

/**
 * One call a version, side by side; the answers in the order of the questions. What a challenger fails to answer the
 * champion answers, and only the challenger is blamed: a trial costs nobody an answer.
 *
 * @param onFailed the champion's error is thrown besides
 */
export async function answerByArm(
  answerWith: AnswerWith,
  serving: Serving,
  asked: readonly Question[],
  onFailed: OnFailed,
): Promise<Answered[]> {
  const trial = { answerWith, serving, onFailed };
  const whose = asked.map(({ arm }) => answererOf(arm));
  const [who] = whose;
  // As nearly always: whoever answers one of them answers all.
  if (who !== undefined && whose.every((one) => one === who)) return await ask(trial, who, asked);
  const answered = await Promise.all([
    ask(
      trial,
      'champion',
      asked.filter((_, i) => whose[i] === 'champion'),
    ),
    ask(
      trial,
      'challenger',
      asked.filter((_, i) => whose[i] === 'challenger'),
    ),
  ]);
  const byId = new Map(answered.flat().map((answer) => [answer.message.predictionId, answer]));
  return asked.map(({ message }) => byId.get(message.predictionId)!);
}

type Asking = {
  answerWith: AnswerWith;
  serving: Serving;
  onFailed: OnFailed;
};

async function ask(trial: Asking, who: Answerer, questions: readonly Question[]): Promise<Answered[]> {
  if (questions.length === 0) return [];
  const { keys, route, config } = trial.serving;
  try {
    const outputs = await trial.answerWith(
      keys[who]!,
      questions.map(({ message }) => message),
    );
    checkOutputs(route[who]!.version, config.task, outputs);
    return questions.map(({ message, arm }, i) => ({
      message: { ...message, output: plain(outputs[i]!) },
      arm,
    }));
  } catch (error) {
    trial.onFailed(questions, error);
    if (who === 'champion') throw error;
    return await ask(
      trial,
      'champion',
      questions.map(({ message }) => ({
        message: { ...message, version: route.champion.version },
        arm: 'champion',
      })),
    );
  }
}

/** As a message carries it: what is read only here is a copy there. */
const plain = (answer: AnyOutput): PredictionMessage['output'] =>
  'labels' in answer ? { ...answer, labels: [...answer.labels] } : answer;

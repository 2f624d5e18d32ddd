import { z } from 'zod';
import { chatBody } from '../chat/body.ts';
import { feedbackItem } from '../feedback.ts';
import { inferBody } from '../open-inference/infer-body.ts';
import { predictBody } from '../tf-serving/predict-body.ts';
import * as answers from './answers.ts';

/** One door of the server, as the OpenAPI document describes it. */
export type DescribedDoor = Readonly<{
  /** As the app has it: `POST /v1/models/:target`. */
  route: string;
  /** Where a path is more than its route says. */
  path?: string;
  id: string;
  summary: string;
  tag: 'Driftloop' | 'TensorFlow Serving' | 'Open Inference Protocol' | 'OpenAI' | 'Operations';
  /** Whether it asks for a bearer token. */
  token: boolean;
  body?: Component;
  /** By status; errors are said once for all doors. A text is the media type of an answer that is no JSON. */
  answers: Readonly<Record<number, Component | `${string}/${string}`>>;
  /** Whether the answer comes as server-sent events, for who asks for that. */
  streams?: true;
  /** Which shape its errors have. */
  errors: 'ours' | 'plain' | 'chat' | 'none';
}>;

/** The names of the schemas, which are those that check the requests. */
export const components = {
  PredictRequest: predictBody,
  PredictAnswer: answers.predictAnswer,
  Prediction: answers.prediction,
  FeedbackItem: feedbackItem,
  FeedbackRequest: z.union([feedbackItem, z.array(feedbackItem)]),
  FeedbackAccepted: answers.feedbackAccepted,
  FeedbackPartlyAccepted: answers.feedbackPartlyAccepted,
  Models: answers.models,
  ModelStatus: answers.modelStatus,
  VersionsStatus: answers.versionsStatus,
  Signature: answers.signatureAnswer,
  InferRequest: inferBody,
  InferAnswer: answers.inferAnswer,
  ServerMetadata: answers.serverMetadata,
  ModelMetadata: answers.modelMetadata,
  ModelReady: answers.modelReady,
  ChatRequest: chatBody,
  ChatAnswer: answers.chatAnswer,
  Ready: answers.ready,
  Live: answers.live,
  Error: answers.error,
  PlainError: answers.plainError,
  ChatError: answers.chatError,
} as const satisfies Record<string, z.ZodType>;
export type Component = keyof typeof components;

const operations = (
  route: string,
  id: string,
  summary: string,
  said: DescribedDoor['answers'],
): DescribedDoor => ({ route, id, summary, tag: 'Operations', token: false, answers: said, errors: 'none' });

/** The doors of a model in which a version may stand: without one, by version, by label. */
const named = [
  { at: '', by: '', of: '', errors: 'ours' },
  { at: '/versions/:version', by: 'Version', of: ' of a version', errors: 'plain' },
  { at: '/labels/:label', by: 'Label', of: ' of a label: champion or challenger', errors: 'plain' },
] as const;

const tfServing: DescribedDoor[] = named.flatMap(({ at, by, of, errors }): DescribedDoor[] => [
  {
    route: `POST /v1/models${at === '' ? '/:target' : `/:model${at.replace(/:\w+$/, ':target')}`}`,
    path: `/v1/models/{model}${at.replace(/:(\w+)$/, '{$1}')}:predict`,
    id: `predict${by}`,
    summary: `Predictions${of}, by rows or by columns. Each stands in the log before it is answered.`,
    tag: 'TensorFlow Serving',
    token: true,
    body: 'PredictRequest',
    answers: { 200: 'PredictAnswer' },
    errors,
  },
  {
    route: `GET /v1/models/:model${at}`,
    id: `status${by}`,
    summary: `Which versions answer, and how they stand${of}.`,
    tag: 'TensorFlow Serving',
    token: true,
    answers: { 200: at === '' ? 'ModelStatus' : 'VersionsStatus' },
    errors,
  },
  {
    route: `GET /v1/models/:model${at}/metadata`,
    id: `signature${by}`,
    summary: `Inputs and outputs${of}.`,
    tag: 'TensorFlow Serving',
    token: true,
    answers: { 200: 'Signature' },
    errors: 'plain',
  },
]);

const openInference = (
  route: string,
  id: string,
  summary: string,
  more: Pick<DescribedDoor, 'answers'> & Partial<DescribedDoor>,
): DescribedDoor => ({
  route,
  id,
  summary,
  tag: 'Open Inference Protocol',
  token: true,
  errors: 'plain',
  ...more,
});

const openInferenceDoors: DescribedDoor[] = [
  openInference('GET /v2/health/live', 'inferenceLive', 'Whether the server hears.', {
    token: false,
    errors: 'none',
    answers: { 200: 'Live' },
  }),
  openInference('GET /v2/health/ready', 'inferenceReady', 'Whether every routed version is loaded.', {
    token: false,
    errors: 'none',
    answers: { 200: 'Live', 503: 'Live' },
  }),
  ...['', '/'].map((slash) =>
    openInference(`GET /v2${slash}`, `inferenceServer${slash && 'Slash'}`, 'The server and its extensions.', {
      answers: { 200: 'ServerMetadata' },
    }),
  ),
  ...named.slice(0, 2).flatMap(({ at, by, of }) => [
    openInference(`GET /v2/models/:model${at}`, `inferenceModel${by}`, `Inputs and outputs${of}.`, {
      answers: { 200: 'ModelMetadata' },
    }),
    openInference(
      `GET /v2/models/:model${at}/ready`,
      `inferenceModelReady${by}`,
      `Whether it is loaded${of}.`,
      {
        answers: { 200: 'ModelReady', 503: 'ModelReady' },
      },
    ),
    openInference(`POST /v2/models/:model${at}/infer`, `infer${by}`, `Predictions${of}, by tensors.`, {
      body: 'InferRequest',
      answers: { 200: 'InferAnswer' },
    }),
  ]),
];

/** Every door of the server. A test fails while the app has one that does not stand here. */
export const describedDoors: readonly DescribedDoor[] = [
  ...tfServing,
  {
    route: 'POST /v1/feedback',
    id: 'feedback',
    summary: 'What production says back. The same feedbackId again takes effect once.',
    tag: 'Driftloop',
    token: true,
    body: 'FeedbackRequest',
    answers: { 200: 'FeedbackAccepted', 207: 'FeedbackPartlyAccepted' },
    errors: 'ours',
  },
  {
    route: 'GET /v1/models',
    id: 'models',
    summary: 'The declared models that the token may ask.',
    tag: 'Driftloop',
    token: true,
    answers: { 200: 'Models' },
    errors: 'ours',
  },
  {
    route: 'POST /v1/chat/completions',
    id: 'chat',
    summary: 'Answers a conversation with a model that writes, whole or piece by piece.',
    tag: 'OpenAI',
    token: true,
    body: 'ChatRequest',
    answers: { 200: 'ChatAnswer' },
    streams: true,
    errors: 'chat',
  },
  ...openInferenceDoors,
  operations('GET /healthz', 'health', 'Whether the process hears.', { 200: 'text/plain' }),
  operations('GET /readyz', 'readiness', 'Whether every routed version is loaded.', {
    200: 'Ready',
    503: 'Ready',
  }),
  operations('GET /metrics', 'metrics', 'What is counted, for Prometheus.', { 200: 'text/plain' }),
  operations('GET /openapi.json', 'document', 'This document.', { 200: 'application/json' }),
];

import type { z } from 'zod';
import type { Catalogue, FeedbackRow, PredictionRow, RawRecord } from '../../domain/ingest-ports.ts';
import { feedbackMessage, predictionMessage, uuidTimeMs } from '../../domain/messages.ts';
import { readAnswer, sayAnswers } from '../../domain/answer-text.ts';
import { entityOf } from '../../domain/entity.ts';
import { estimateOf } from '../estimate.ts';
import { partitionForLife } from './partition-for-life.ts';
import { readJson, refuse, type Read } from './read-json.ts';

/** How far a producer's clock may be ahead of ours. */
const aheadMs = 86_400_000;

/** Where a reading stands: the declared models, and the time. */
export type Reading = { catalogue: Catalogue; nowMs: number };

function readMessage<S extends z.ZodType>(schema: S, record: RawRecord): Read<z.output<S>> {
  const json = readJson(record);
  if (!json.ok) return json;
  const parsed = schema.safeParse(json.value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const problems = parsed.error.issues.map((i) => `${i.path.join('.') || 'the message'} ${i.message}`);
  return refuse('DL_MESSAGE_INVALID', problems.slice(0, 5).join('; '));
}

/** The partition tables are made by this time, so a wrong one must not get that far. */
function checkTime(predictionId: string, { catalogue, nowMs }: Reading): Read<string> {
  const ms = uuidTimeMs(predictionId);
  if (ms > nowMs - catalogue.retentionMs && ms < nowMs + aheadMs) {
    return { ok: true, value: predictionId.toLowerCase() };
  }
  const at = ms > 8.64e15 ? String(ms) : new Date(ms).toISOString();
  return refuse(
    'DL_PREDICTION_TIME',
    `The time inside the prediction id is ${at}: older than the retention, or more than a day ahead.`,
  );
}

/** RFC 3339 with any offset, as UTC; the schema has checked the form, not that the moment exists. */
function readTime(at: string): Read<string> {
  const ms = Date.parse(at);
  // What is UTC already stays as it is: most messages are, and formatting is slow.
  if (ms >= 0) return { ok: true, value: at.endsWith('Z') ? at : new Date(ms).toISOString() };
  return refuse('DL_MESSAGE_INVALID', `at ${at} is not a moment since 1970`);
}

/** A record of the predictions topic: what to store, or why not. */
export function readPrediction(
  record: RawRecord,
  reading: Reading,
): Read<PredictionRow> & { model: string | null } {
  const message = readMessage(predictionMessage, record);
  if (!message.ok) return { ...message, model: null };
  const { predictionId, model, version, input, output, context, at } = message.value;
  const declared = reading.catalogue.models[model];
  if (declared === undefined) {
    return { ...refuse('DL_UNKNOWN_MODEL', `No model "${model}" is declared.`), model: null };
  }
  const { task } = declared.config;
  const label = readAnswer(task, output);
  if (label === null) {
    const { scores: _, ...said } = output as Record<string, unknown>;
    const reason = `output ${JSON.stringify(said)} is not ${sayAnswers(task)}`;
    return { ...refuse('DL_UNKNOWN_LABEL', reason), model };
  }
  const id = checkTime(predictionId, reading);
  if (!id.ok) return { ...id, model };
  const time = readTime(at);
  if (!time.ok) return { ...time, model };
  const estimator = declared.estimators[version];
  const scores = 'scores' in output ? output.scores : {};
  const entity = entityOf(declared.config, context);
  const value: PredictionRow = {
    predictionId: id.value,
    model,
    version,
    input,
    label,
    scores,
    estimate:
      estimator === undefined || task.kind !== 'classification'
        ? null
        : estimateOf(task.labels, estimator, { scores, predicted: label }),
    context: context ?? null,
    entity,
    partition: partitionForLife(declared, { entity, input }),
    at: time.value,
    offset: record.offset,
  };
  return { ok: true, value, model };
}

/** A record of the feedback topic: what to store, or why not. What its value means is known when it is joined. */
export function readFeedback(record: RawRecord, reading: Reading): Read<FeedbackRow> {
  const message = readMessage(feedbackMessage, record);
  if (!message.ok) return message;
  const { feedbackId, predictionId, kind, value, at, source } = message.value;
  const id = checkTime(predictionId, reading);
  if (!id.ok) return id;
  const time = readTime(at);
  if (!time.ok) return time;
  return {
    ok: true,
    value: { feedbackId, predictionId: id.value, kind, value, at: time.value, source, offset: record.offset },
  };
}

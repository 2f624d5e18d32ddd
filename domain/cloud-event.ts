import type { LoopEvent } from './events.ts';

/** The media type of an event in structured mode, in Kafka and over HTTP. */
export const cloudEventType = 'application/cloudevents+json';

/** CloudEvents 1.0: the same wherever it is told, and known by its id. */
export const toCloudEvent = (
  { id, type, model, data, at }: LoopEvent & { id: string; at: string },
  namespace: string,
) => ({
  specversion: '1.0',
  id,
  source: `/driftloop/${namespace}`,
  type,
  ...(model === null ? {} : { subject: model }),
  time: at,
  datacontenttype: 'application/json',
  data,
});

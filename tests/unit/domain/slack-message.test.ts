import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { eventMessage, eventTypes } from '../../../domain/events.ts';
import type { LoopEvent } from '../../../domain/events.ts';
import { slackMessage } from '../../../domain/slack-message.ts';

type Schema = {
  type?: string | string[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema;
  required?: string[];
};

/** Anything that a schema allows, long texts above all. */
function anything(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(anything));
  if (Array.isArray(schema.type))
    return fc.oneof(...schema.type.map((type) => anything({ ...schema, type })));
  if (schema.properties !== undefined)
    return fc.record(Object.fromEntries(Object.entries(schema.properties).map(([k, v]) => [k, anything(v)])));
  switch (schema.type) {
    case 'object':
      return fc.dictionary(
        fc.string({ minLength: 1, maxLength: 30 }),
        anything(schema.additionalProperties!),
        {
          maxKeys: 15,
        },
      );
    case 'string':
      return fc.oneof(
        fc.string({ unit: 'grapheme', maxLength: 80 }),
        fc.integer({ min: 0, max: 3_100 }).map((n) => `${'a'.repeat(n)}<&>🦉${'&'.repeat(3_100 - n)}`),
      );
    case 'number':
    case 'integer':
      return fc.integer();
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      throw new Error(`no text for ${JSON.stringify(schema)}`);
  }
}

const schemas = (z.toJSONSchema(eventMessage) as Schema).oneOf!;
const dataOf = (type: string) =>
  schemas.find(({ properties }) => properties!['type']!.const === type)!.properties!['data']!;
const time = { at: '2026-03-02T00:00:00.000Z' };

/** Source: https://docs.slack.dev/reference/block-kit/blocks, as read in 2026. */
const bounds = { blocks: 50, header: 150, section: 3_000, fields: 10, field: 2_000, button: 75, url: 3_000 };

test.each(eventTypes)('%s is a message that Slack takes, whatever is in it', (type) => {
  const model = fc.option(fc.stringMatching(/^[a-z][a-z0-9-]{0,62}$/));
  fc.assert(
    fc.property(anything(dataOf(type)), model, (data, model) => {
      const event = { type, model, data, ...time } as LoopEvent & { at: string };
      const message = slackMessage(event, { namespace: 'default', consoleUrl: 'https://c.example.org' });
      const { text, blocks } = message;
      expect(text.length).toBeLessThan(40_000);
      expect(blocks.length).toBeLessThanOrEqual(bounds.blocks);
      for (const block of blocks) {
        const parts = [
          ...('text' in block && block.text ? [block.text] : []),
          ...('fields' in block && block.fields ? block.fields : []),
          ...('elements' in block && block.elements
            ? block.elements.map((e) => ('url' in e ? e.text : e))
            : []),
        ];
        const bound =
          block.type === 'header'
            ? bounds.header
            : 'fields' in block
              ? bounds.field
              : block.type === 'actions'
                ? bounds.button
                : bounds.section;
        expect(parts.length).toBeGreaterThan(0);
        expect(parts.length).toBeLessThanOrEqual(bounds.fields);
        for (const part of parts) {
          expect(part.text.length).toBeGreaterThan(0);
          expect(part.text.length).toBeLessThanOrEqual(bound);
          expect(part.text).not.toMatch(/\p{Surrogate}/u);
          // Neither a link of somebody else's nor a call to everybody, nor half of an escaped character.
          if (part.type === 'mrkdwn') expect(part.text).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
        }
      }
      expect(text.replace(/\n<https:\/\/c\.example\.org\/\S*\|Open the page>$/, '')).not.toMatch(/[<>]/);
    }),
    { numRuns: 30 },
  );
});

test('without the address of the console there is no link', () => {
  const event = {
    type: 'driftloop.rollout.moved.v1',
    model: 'm',
    data: { runId: 'r', phase: 'canary', share: 0.25, sentence: 'v2 answers 25 % of the requests.' },
    ...time,
  } as const;
  expect(slackMessage(event, { namespace: 'default' })).toEqual({
    text: '*m*: The rollout is in canary. v2 answers 25 % of the requests.\nShare 25 %',
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: 'm: The rollout is in canary', emoji: false } },
      { type: 'section', text: { type: 'mrkdwn', text: 'v2 answers 25 % of the requests.' } },
      { type: 'section', fields: [{ type: 'mrkdwn', text: '*Share*\n25 %' }] },
      {
        type: 'context',
        elements: [
          { type: 'mrkdwn', text: 'default · driftloop.rollout.moved.v1 · 2026-03-02T00:00:00.000Z' },
        ],
      },
    ],
  });
});

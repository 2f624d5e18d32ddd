import * as fc from 'fast-check';
import { types } from 'pg';
import { expect, test } from 'vitest';
import { arrayText, jsonArrayText } from '../../../../infra/postgres/array-text.ts';

const TEXTS = 1009 as Parameters<typeof types.getTypeParser>[0];
/** As pg itself reads an array of texts. */
const read = types.getTypeParser(TEXTS) as (text: string) => (string | null)[];

test('a list of texts comes back as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.string({ unit: 'binary' }))), (values) => {
      expect(read(arrayText(values))).toEqual(values);
    }),
  );
  expect(arrayText(['NULL', null, '', 'a"b', 'c\\d', 'e,f', '{g}'])).toBe(
    String.raw`{"NULL",NULL,"","a\"b","c\\d","e,f","{g}"}`,
  );
});

test('a list of JSON documents comes back as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), (documents) => {
      expect(read(jsonArrayText(documents)).map((text) => JSON.parse(text!) as unknown)).toEqual(
        JSON.parse(JSON.stringify(documents)),
      );
    }),
  );
});
